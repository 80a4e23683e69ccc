"""Processes: the api, the worker, their start, background tasks, migrations and backups."""
