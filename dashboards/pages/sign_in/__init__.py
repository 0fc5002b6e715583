"""The pages by which people come in and go out, and of what they come in with."""
