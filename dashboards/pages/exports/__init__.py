"""What leaves the pages as files."""
