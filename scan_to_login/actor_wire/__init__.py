"""The calls that drive phones and clients over REST: declared once, for their own servers and for the gateway."""
