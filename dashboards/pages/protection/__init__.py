"""The pages about what is said of people: one event, the log of who looked, what is kept where."""
