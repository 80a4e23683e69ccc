"""Values kept in memory until what they show changes."""
