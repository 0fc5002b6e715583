"""The pages of offers of shared services."""
