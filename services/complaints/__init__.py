"""Complaints of clients about a shared service: received, acknowledged, answered, accepted or contested (SHARED §7)."""
