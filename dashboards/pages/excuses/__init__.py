"""The pages of excuses."""
