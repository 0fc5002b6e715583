"""The page of a commitment: every occurrence, and why."""
