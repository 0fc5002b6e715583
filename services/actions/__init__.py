"""Actions: what is planned, done, spent and shown of them, and what they rest on."""
