"""The phone's calls to the gateway, and their answers as types."""
