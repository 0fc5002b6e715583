"""The nine kinds of indicators, one module each, and what they answer about themselves."""
