"""Money of shared services: costs booked and allocated, what is charged, what years will cost (SHARED §4)."""
