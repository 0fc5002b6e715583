"""What money of shared services brings to the pages: addresses, and files of what was allocated and charged."""
