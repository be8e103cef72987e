"""``app-simulator``, also as ``python -m app_simulator``."""

from __future__ import annotations

import signal
import sys


def main() -> None:
    """Run the command line and end the process with its exit code."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # ^C among the imports ends it without a traceback
    from app_simulator.cli import run
    from scan_to_login.processes import unwind_on_signals
    from scan_to_login.terminal.spans import exported

    unwind_on_signals()
    with exported("scan-to-login-phone"):
        code = run(sys.argv[1:])
    sys.exit(code)


if __name__ == "__main__":
    main()
