"""Entry point of the ``gateway`` command: what serves is monkey-patched before every other import."""

import os
import sys
import traceback
import warnings
from typing import NoReturn

SERVING = frozenset({"serve", "worker"})


def main() -> NoReturn:
    """Run the command line; the commands that serve run on eventlet's greenlets."""
    # Its successor is chosen in docs/decisions/0001-eventlet.md; nobody who runs the gateway can act on this.
    warnings.filterwarnings("ignore", message=r"(?s).*Eventlet is deprecated")
    # psycopg's compiled wait would block every greenlet (STACK.md 7).
    os.environ.setdefault("PSYCOPG_WAIT_FUNC", "wait_select")
    if SERVING.intersection(sys.argv[1:2]):
        # Its resolver takes longer to import than all else together, and names are looked up at the start only.
        os.environ.setdefault("EVENTLET_NO_GREENDNS", "yes")
        import eventlet
        import eventlet.tpool

        eventlet.monkey_patch()
        # Before anything is offloaded: each further thread would keep its own 19 MiB of Argon2 for good.
        eventlet.tpool.set_num_threads(1)
    from gateway.cli import gateway

    try:
        gateway()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:  # noqa: BLE001 - a fault of ours: shown whole, for whoever mends it
        traceback.print_exc()
        code = 1
    # Everything has been let go of by now. The interpreter's own end is skipped: it would print errors about greenlets
    # that are over.
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    main()
