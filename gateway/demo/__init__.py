"""``gateway demo``: the whole system with one command."""
