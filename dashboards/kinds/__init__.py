"""The faces of the kinds of indicator on pages, one module for each."""
