"""Endpoints of the protocols: forms in, JSON out, refusals in the words of OAuth."""
