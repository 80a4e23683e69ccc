"""What is encrypted can be read under the same secret, for the same use, and under the same name alone."""

import pytest
from ecatalog.security.encryption import DecryptionFailed, Encryption
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

SECRET, PURPOSE = SecretStr("a secret"), b"the tests"
ENCRYPTION = Encryption(SECRET, PURPOSE)


@given(st.binary(max_size=255), st.text(max_size=10))
def test_bytes_are_read_as_they_were_written(plain: bytes, name: str) -> None:
    assert ENCRYPTION.decrypt(ENCRYPTION.encrypt(plain, name), name) == plain


def test_encrypted_bytes_show_nothing_and_differ_each_time() -> None:
    first, second = (ENCRYPTION.encrypt("пароль".encode()) for _ in range(2))
    assert first != second
    assert "пароль".encode() not in first


@pytest.mark.parametrize(
    "other",
    [
        Encryption(SecretStr(""), PURPOSE),
        Encryption(SecretStr("another secret"), PURPOSE),
        Encryption(SECRET, b"another use"),
    ],
)
def test_another_secret_or_use_reads_nothing(other: Encryption) -> None:
    with pytest.raises(DecryptionFailed):
        other.decrypt(ENCRYPTION.encrypt(b"password"))


def test_encrypted_bytes_are_bound_to_their_name() -> None:
    encrypted = ENCRYPTION.encrypt(b"private", "a")
    for name in ("b", ""):
        with pytest.raises(DecryptionFailed):
            ENCRYPTION.decrypt(encrypted, name)


def test_changed_bytes_are_noticed() -> None:
    encrypted = ENCRYPTION.encrypt(b"password")
    with pytest.raises(DecryptionFailed):
        ENCRYPTION.decrypt(encrypted[:-1] + bytes([encrypted[-1] ^ 1]))
