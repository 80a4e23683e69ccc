"""Declares the error of a command that cannot do its work."""


class Problem(Exception):
    """Ends the command with this one line and exit code 1."""
