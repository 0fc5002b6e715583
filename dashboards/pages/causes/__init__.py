"""The pages of root causes, and of what repeats."""
