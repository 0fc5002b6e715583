"""The page of what arrives, and of what could not be accepted."""
