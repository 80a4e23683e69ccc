"""The refusals of the token routes."""

from ecatalog.core.errors import AuthenticationFailed

NO_ACCOUNT = "No active account found with the given credentials"


class WrongCredentials(AuthenticationFailed):
    """401 for every reason why a sign-in fails, so that it reveals none."""

    def __init__(self) -> None:
        super().__init__(NO_ACCOUNT)


class BadToken(AuthenticationFailed):
    """401 for a token in a body; ``message`` is one of the three texts of the contract."""

    def __init__(self, message: str = "Token is invalid") -> None:
        super().__init__(message, "token_not_valid")
