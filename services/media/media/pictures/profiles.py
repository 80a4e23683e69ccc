"""Builds colour profiles of the numbers that a file gives: primaries, and a curve from 0 to 1."""

import struct
from collections.abc import Callable, Sequence

Curve = Callable[[float], float]
Matrix = Sequence[Sequence[float]]
Chromaticities = Sequence[float]
"""x and y of white, red, green and blue."""

SRGB: Chromaticities = (0.3127, 0.3290, 0.64, 0.33, 0.30, 0.60, 0.15, 0.06)
STEPS = 1024
D50 = (0.9642, 1.0, 0.8249)
BRADFORD: Matrix = ((0.8951, 0.2664, -0.1614), (-0.7502, 1.7135, 0.0367), (0.0389, -0.0685, 1.0296))
HEADER_BYTES, TAG_BYTES = 128, 12


def profile_of(chromaticities: Chromaticities, curve: Curve) -> bytes:
    """Return an ICC profile; ``curve`` turns a value into light.

    Raises ValueError or ZeroDivisionError when no colours have these chromaticities.
    """
    red, green, blue = zip(*_to_d50(chromaticities), strict=True)
    light = b"curv" + bytes(4) + struct.pack(">I", STEPS) + b"".join(
        struct.pack(">H", round(65535 * min(1.0, max(0.0, curve(step / (STEPS - 1)))))) for step in range(STEPS)
    )  # fmt: skip
    colours = [b"XYZ " + bytes(4) + _numbers(colour) for colour in (red, green, blue)]
    names = (b"rXYZ", b"gXYZ", b"bXYZ", b"rTRC", b"gTRC", b"bTRC")
    place = HEADER_BYTES + 4 + len(names) * TAG_BYTES
    places = [place, place + 20, place + 40, *[place + 60] * 3]
    lengths = [20, 20, 20, *[len(light)] * 3]
    tags = b"".join(
        name + struct.pack(">II", start, length) for name, start, length in zip(names, places, lengths, strict=True)
    )
    body = struct.pack(">I", len(names)) + tags + b"".join(colours) + light
    head = struct.pack(">I4xI4s4s4s12x4s28x", HEADER_BYTES + len(body), 0x02400000, b"mntr", b"RGB ", b"XYZ ", b"acsp")
    return (head + _numbers(D50)).ljust(HEADER_BYTES, b"\0") + body


def _numbers(values: Sequence[float]) -> bytes:
    if not all(abs(value) < 32767 for value in values):
        raise ValueError("these are no colours")
    return struct.pack(">3i", *(round(value * 65536) for value in values))


def _to_d50(chromaticities: Chromaticities) -> Matrix:
    """Return the matrix that turns red, green and blue light into XYZ under the light of a profile."""
    pairs = list(zip(chromaticities[::2], chromaticities[1::2], strict=True))
    white, *primaries = [(x / y, 1.0, (1 - x - y) / y) for x, y in pairs]
    columns = list(zip(*primaries, strict=True))
    scale = _applied(_inverse(columns), white)
    own = [[value * scale[column] for column, value in enumerate(row)] for row in columns]
    cones = zip(_applied(BRADFORD, D50), _applied(BRADFORD, white), strict=True)
    gains = [wanted / given for wanted, given in cones]
    adapted = [[gain * value for value in row] for gain, row in zip(gains, BRADFORD, strict=True)]
    return _product(_product(_inverse(BRADFORD), adapted), own)


def _applied(matrix: Matrix, vector: Sequence[float]) -> list[float]:
    return [sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix]


def _product(one: Matrix, other: Matrix) -> list[list[float]]:
    columns = list(zip(*other, strict=True))
    return [[sum(a * b for a, b in zip(row, column, strict=True)) for column in columns] for row in one]


def _inverse(matrix: Matrix) -> list[list[float]]:
    def cofactor(row: int, column: int) -> float:
        a, b = [n for n in range(3) if n != row], [n for n in range(3) if n != column]
        minor = matrix[a[0]][b[0]] * matrix[a[1]][b[1]] - matrix[a[0]][b[1]] * matrix[a[1]][b[0]]
        return float(-minor if (row + column) % 2 else minor)

    determinant = sum(matrix[0][column] * cofactor(0, column) for column in range(3))
    return [[cofactor(column, row) / determinant for column in range(3)] for row in range(3)]
