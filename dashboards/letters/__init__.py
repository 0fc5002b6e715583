"""The letters that people get: a mail of what they are told of, and the morning mail, as HTML and text (MORNING §2)."""
