import pytest
from hypothesis import given
from hypothesis import strategies as st
from integration.integrations.passwords import UnreadablePassword, decrypt, encrypt
from pydantic import SecretStr

SECRET = SecretStr("a secret")


@given(st.text(max_size=255))
def test_password_is_read_as_it_was_written(password: str) -> None:
    assert decrypt(encrypt(password, SECRET), SECRET) == password


def test_stored_password_shows_nothing_and_differs_each_time() -> None:
    first, second = encrypt("пароль", SECRET), encrypt("пароль", SECRET)
    assert first != second
    assert "пароль".encode() not in first


@pytest.mark.parametrize("secret", ["", "another secret"])
def test_another_secret_reads_nothing(secret: str) -> None:
    with pytest.raises(UnreadablePassword):
        decrypt(encrypt("password", SECRET), SecretStr(secret))


def test_changed_bytes_are_noticed() -> None:
    stored = encrypt("password", SECRET)
    with pytest.raises(UnreadablePassword):
        decrypt(stored[:-1] + bytes([stored[-1] ^ 1]), SECRET)
