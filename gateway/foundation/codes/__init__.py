"""Short codes that people type, and one-time codes of phones."""
