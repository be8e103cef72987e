"""Code that the gateway, the phone and the client share. Importing it imports none of the three."""
