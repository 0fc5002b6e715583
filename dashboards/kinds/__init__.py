"""What pages need to know of each kind of indicator, one module each."""
