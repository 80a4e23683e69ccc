"""Lists with their pages, searches and counts."""
