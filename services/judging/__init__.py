"""From the history to the read models."""
