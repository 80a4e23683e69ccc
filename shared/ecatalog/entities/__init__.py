"""Declarations of what a list shows, filters and searches."""
