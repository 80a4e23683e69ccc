"""Lists: pages, searches and counts."""
