"""What a contract means: pure functions and values, no clock, no I/O."""
