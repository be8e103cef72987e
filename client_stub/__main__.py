"""Entry point of ``client-stub`` and ``python -m client_stub``."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line and exit with its code."""
    from client_stub.cli import run
    from client_stub.signals import unwind_on_signals

    unwind_on_signals()
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
