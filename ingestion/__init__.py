"""From outside to history."""
