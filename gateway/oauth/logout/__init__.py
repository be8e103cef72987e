"""Logout: asked for in a browser, and told to clients over the back channel."""
