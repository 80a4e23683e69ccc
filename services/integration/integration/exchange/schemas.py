from pydantic import BaseModel


class ExchangePasswordOut(BaseModel):
    """What is entered in 1C. The ``password`` is not shown again: whoever has lost it makes another."""

    exchange_url: str
    exchange_login: str
    password: str
