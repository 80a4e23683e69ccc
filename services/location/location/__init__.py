"""The location service."""
