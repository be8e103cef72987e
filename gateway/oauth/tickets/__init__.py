"""Logins of registered clients by a ticket that they wait for: device flow and CIBA."""
