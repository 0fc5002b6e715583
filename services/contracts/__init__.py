"""Contracts: proposed, signed, amended; the calendars that they count by."""
