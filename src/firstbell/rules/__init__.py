"""The rules: what is asked of every record, with the words for it."""
