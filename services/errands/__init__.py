"""What waits for a service, and who of its people has it or has seen it."""
