"""The secret that our own services show each other."""

SECRET_HEADER = "X-Internal-Secret"  # noqa: S105 - the name of a header
