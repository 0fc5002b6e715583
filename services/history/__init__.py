"""The history, and the two kinds of store that keep it."""
