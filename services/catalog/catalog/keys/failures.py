"""Says why a row of a keyed chunk is not written.

Names and codes are cut, so that a result in which every row failed fits a message.
"""

LONGEST = 40
LONGEST_KEY = 80

NO_NAME = "Name is missing."
KEY_TWICE = "This key came twice."
KEY_TOO_LONG = "A key is longer than {longest} characters."
CODE_TWICE = "The code {code} came twice; the other row has {key}."
CODE_IN_USE = "The code {code} is in use by {name}, which has {key}; the row keeps the code {old}."
OTHER_KEY = "The code {code} is in use by {name}, which has the key {theirs}, and not {key}."
OTHER_BASE = "The code {code} is in use by {name}, which belongs to the base {theirs}, and not to {base}."
ROW_TWICE = "The row with the code {code} came twice; the other one has {key}."


def short(text: str, longest: int = LONGEST) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"


def the_key(key: str | None) -> str:
    """Name a key, or the lack of one, within a sentence."""
    return "no key" if key is None else f"the key {short(key, LONGEST_KEY)}"
