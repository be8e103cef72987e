"""What the command lines of the three programs share: languages, and a QR in the terminal."""
