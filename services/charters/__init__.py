"""Charters: what a client takes of an offer, as both parties decide it (SHARED §1)."""
