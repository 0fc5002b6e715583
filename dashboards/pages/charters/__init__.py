"""The pages of charters: what clients take of offers."""
