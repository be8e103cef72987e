"""Output and questions of the command line."""
