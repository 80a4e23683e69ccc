"""The command line ``manage.py``: what every service offers to whoever runs it."""
