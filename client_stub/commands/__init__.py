"""The subcommands of ``client-stub``: a file each, with ``build(say)`` that makes its click command."""
