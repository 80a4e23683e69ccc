"""Sentences that tell clients why a row cannot be meant."""

SEVERAL = "This code exists in several projects. Send project_id (0 for the row without a project)."
