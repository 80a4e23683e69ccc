"""Connects a service to its PostgreSQL."""
