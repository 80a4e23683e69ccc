"""Builds the command line ``manage.py`` from what every service offers to whoever runs it."""
