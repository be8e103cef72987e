"""The code of the subcommands of ``gateway``."""
