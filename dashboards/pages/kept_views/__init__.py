"""The form that keeps a view of a list, and removes it."""
