"""The kinds of integrations: who calls whom, and in which form the rows come."""

from typing import Literal, get_args

IntegrationKind = Literal["soap", "commerceml-exchange", "commerceml-file"]
KINDS: tuple[IntegrationKind, ...] = get_args(IntegrationKind)
SOAP: IntegrationKind = "soap"
EXCHANGE: IntegrationKind = "commerceml-exchange"
DIALECTS = ("standard", "bitrix")
ENCODINGS = ("utf-8", "windows-1251")
