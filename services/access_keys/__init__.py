"""Access keys: what tools come in with, each for one thing (trust §3)."""
