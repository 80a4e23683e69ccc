"""Backups of the whole system: five databases and the files of pictures, as one folder."""
