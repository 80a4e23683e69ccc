"""The goods of the invented base as the CommerceML files of an exchange, the same for the same seed."""
