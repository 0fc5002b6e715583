"""Offers of shared services: published by their supplier, read by it and by its clients (SHARED §1)."""
