"""The history as it is read, and what was shown when."""
