"""Breaches, and the actions that follow from them."""
