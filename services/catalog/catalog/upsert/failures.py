"""Says why rows are refused, to the person who sent them or who looks after their source."""

import psycopg
from psycopg import errors

AGAIN = "This code comes again in row {}, and that row counts."
NO_PROJECT = "The project of the integration does not exist."
UNDELIVERABLE = "The row could not be stored; the log of the catalog says why."

_REASONS: dict[type[psycopg.Error], str] = {
    errors.StringDataRightTruncation: "A text is longer than its column allows.",
    errors.NumericValueOutOfRange: "A number is too large for its column.",
    errors.InvalidDatetimeFormat: "A date is not valid.",
    errors.DatetimeFieldOverflow: "A date is not valid.",
    errors.InvalidTextRepresentation: "A value is not of its column's type.",
    errors.UntranslatableCharacter: "A text holds a character that cannot be stored.",
    errors.CharacterNotInRepertoire: "A text holds a character that cannot be stored.",
}


def reason(error: psycopg.Error) -> str:
    """Return a sentence for what the database refused; its own text holds values and names of constraints."""
    if isinstance(error, errors.NotNullViolation):
        return f"{error.diag.column_name} may not be empty."
    return next((text for kind, text in _REASONS.items() if isinstance(error, kind)), "The row does not fit its table.")
