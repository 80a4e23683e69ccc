"""Types of fields: their rules, messages and notations."""
