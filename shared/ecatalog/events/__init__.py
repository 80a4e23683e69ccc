"""Events between services: the outbox is the truth, the broker is transport, the inbox makes effects happen once."""
