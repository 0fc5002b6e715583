"""Reviews: their packs, minutes, decisions, signatures."""
