"""What the gateway, the phone and the client share; it imports none of the three when it is imported."""
