"""What people type, once for seed, body and path: compared forms, and the rules of each field. Pure functions."""
