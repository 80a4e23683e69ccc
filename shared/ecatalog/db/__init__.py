"""One service's PostgreSQL."""
