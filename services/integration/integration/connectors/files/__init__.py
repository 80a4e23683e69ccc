"""Files that come from outside, plain or in an archive: bounded, and never unpacked to disk."""
