"""The subcommands of ``client-stub``: one file each, whose ``build(say)`` makes its click command."""
