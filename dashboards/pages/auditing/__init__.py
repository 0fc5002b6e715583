"""The page of what was received and decided."""
