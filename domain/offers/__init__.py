"""Shared services: what a supplier offers to many clients, what they use of it, and what that costs (SHARED §1–§8)."""
