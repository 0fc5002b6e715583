"""Events that commitments select and none has a use for: matched by hand, or set aside."""
