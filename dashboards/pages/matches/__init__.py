"""The queue of events that no occurrence wanted, on the page of what arrives."""
