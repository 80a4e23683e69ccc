"""What texts of other systems mean. Answers of 1C and cells of workbooks are read by the same rules."""
