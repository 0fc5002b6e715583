"""Drafts of contracts, tried on what is past."""
