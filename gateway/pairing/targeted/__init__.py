"""Tickets aimed at an account, whose phones are asked without a scan."""
