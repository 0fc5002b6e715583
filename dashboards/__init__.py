"""From read models to outside."""
