"""What clients use of offers, on pages and in files (SHARED §2)."""
