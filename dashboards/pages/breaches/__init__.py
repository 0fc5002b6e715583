"""The pages of breaches, and of what is done about them."""
