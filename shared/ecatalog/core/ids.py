"""Makes time-ordered identifiers (UUID version 7, RFC 9562)."""

import os
import time
import uuid


def uuid7() -> uuid.UUID:
    """Return 48 bits of Unix milliseconds, then random bits; they sort by time of creation.

    The standard library has it from Python 3.14 on; this serves the older versions we support.
    """
    return uuid.UUID(int=_value())


def uuid7_hex() -> str:
    """Return the same as 32 hexadecimal digits."""
    return f"{_value():032x}"


def _value() -> int:
    value = int.from_bytes(os.urandom(16))
    value = (time.time_ns() // 1_000_000) << 80 | value & ((1 << 80) - 1)
    value = value & ~(0xF << 76) | 0x7 << 76
    return value & ~(0x3 << 62) | 0x2 << 62
