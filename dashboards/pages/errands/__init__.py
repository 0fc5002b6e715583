"""The page on which something that waits is handed on."""
