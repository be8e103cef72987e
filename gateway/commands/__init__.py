"""What the subcommands of ``gateway`` do."""
