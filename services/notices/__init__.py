"""What people are told: notices, their outbox, the ways on which they go (MORNING §2)."""
