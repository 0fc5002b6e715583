"""Use cases and read models."""
