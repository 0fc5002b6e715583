"""Shows that no entry of the history was altered: a tree over all of them, of which signed checkpoints are handed out."""
