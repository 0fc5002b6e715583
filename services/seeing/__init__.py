"""The sight that somebody has of a store: one state of it, who asks, and how far it is known."""
