"""The root causes of an organisation, to which of them breaches are due, and what repeats (MEETING §3)."""
