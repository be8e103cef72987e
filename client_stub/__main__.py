"""Entry point of ``client-stub`` and ``python -m client_stub``."""

from __future__ import annotations

import gc
import signal
import sys
from typing import Final

COLLECT_EVERY: Final = 20_000  # objects; the default of 700 collects often during imports
UNUSED: Final = ("aiohttp", "redis", "valkey")


def main() -> None:
    """Run the command line and exit with its code."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # ^C among the imports ends it without a traceback
    gc.set_threshold(COLLECT_EVERY)
    # python-socketio imports libraries of its servers where they are installed: a third of all imports.
    sys.modules.update(dict.fromkeys(UNUSED))  # type: ignore[arg-type]
    from client_stub.cli import run
    from scan_to_login.processes import unwind_on_signals
    from scan_to_login.terminal.spans import exported

    unwind_on_signals()
    with exported("scan-to-login-client"):
        code = run(sys.argv[1:])
    sys.exit(code)


if __name__ == "__main__":
    main()
