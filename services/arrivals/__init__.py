"""The things that came in and could not be taken: quarantine, events that no contract selects, outages of our own."""
