"""The reference of the configuration says what the code reads."""

import pytest
from pydantic_settings import BaseSettings

from deploy import docs
from deploy.docs import GATEWAY, PAGE, page, variables_of_gateway


def test_page_is_what_the_classes_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "docs/configuration.md is out of date: run `make docs`"


def test_each_variable_of_the_gateway_is_told() -> None:
    told = {name for name, *_ in GATEWAY}
    assert {name for name in variables_of_gateway() if not name.endswith("_URL")} == told - {"…_URL"}


def test_setting_without_a_description_is_refused() -> None:
    class Silent(BaseSettings):
        quiet: int = 1

    with pytest.raises(ValueError, match="quiet has no description"):
        docs._rows(Silent)


def test_secrets_are_never_shown_but_the_one_that_everybody_knows() -> None:
    shown = {line for line in page().splitlines() if "| secret |" in line}
    assert {line.split("|")[3].strip() for line in shown} == {"", "`development-only`"}
