"""Reading XML that others wrote: its encoding, its forbidden characters, its long texts, and a parser with guards."""
