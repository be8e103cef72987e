"""Shared parts of the three command lines: languages, and a QR in the terminal."""
