"""The meaning of texts of other systems: answers of 1C and cells of workbooks are read by the same rules."""
