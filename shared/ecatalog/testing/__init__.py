"""Test support: a pytest plugin with real PostgreSQL and NATS, tokens and clients."""
