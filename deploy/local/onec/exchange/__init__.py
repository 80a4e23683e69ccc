"""1C as the client of "exchange with a website": it logs in, sends its files in parts, and judges the answers."""
