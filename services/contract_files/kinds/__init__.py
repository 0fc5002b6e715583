"""The nine kinds of indicators in files, one module each: form, reading, checks."""
