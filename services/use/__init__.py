"""What clients use of offers, and how much of it is whose (SHARED §2)."""
