"""Jobs are work that outlives a request: declared once, kept in a table, and done by whichever worker lives."""
