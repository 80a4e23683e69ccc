"""A running cluster is filled with a demonstration: ``python -m deploy.local.demo``."""
