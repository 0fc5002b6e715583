"""Sealed values: what is personal is kept under keys that can be destroyed, in a store of their own."""
