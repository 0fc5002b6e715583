"""Excuses: asked for, answered, and what they hide."""
