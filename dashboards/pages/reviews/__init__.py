"""The pages of reviews, and their packs."""
