"""Filling a running cluster with a demonstration: ``python -m deploy.local.demo``."""
