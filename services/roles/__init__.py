"""Who is let in, and as what: roles in services and offices, from the access file, service files and groups (trust §3)."""
