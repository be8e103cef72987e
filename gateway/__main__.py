"""Entry point of the ``gateway`` command: monkey-patches the commands that serve, before every other import."""

import gc
import os
import signal
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, NoReturn

SERVING: Final = frozenset({"serve", "worker", "forkserver"})
PRIVATE: Final = SERVING | {"adopt", "demo", "migrate", "seed"}  # what they write is for their owner alone
# Where installed, python-socketio's client parts and structlog's console take them along: a quarter of all imports.
UNUSED: Final = ("aiohttp", "requests", "rich", "simplejson", "valkey", "websocket")

HELP: Final = (["--help"], ["-h"])

COLLECT_EVERY: Final = 20_000  # objects: seven hundred, the default, is often among imports


@contextmanager
def left_out(names: tuple[str, ...]) -> Iterator[None]:
    """Make imports of the optional modules ``names`` fail."""
    absent = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(absent))  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name in absent:
            del sys.modules[name]


def main() -> NoReturn:
    """Run the command line; the commands that serve run on eventlet's greenlets."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # ^C among the imports ends it without a traceback
    if os.getpid() == 1:
        # The first process of a container: the kernel drops signals that it has no handler for, imports or not.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda number, _frame: os._exit(128 + number))
    # Imported objects stay: the collector would scan all of them again and again (docs/performance.md).
    gc.disable()
    # docs/decisions/0001-eventlet.md names its successors; an operator cannot act on this warning.
    warnings.filterwarnings("ignore", message=r"(?s).*Eventlet is deprecated")
    # Help alone is all that is asked for: with more words, click decides, and `--seed -h` names a seed.
    serving = bool(SERVING.intersection(sys.argv[1:2])) and sys.argv[2:] not in HELP
    if serving:
        # Its resolver takes longer to import than all else together, and names are looked up at the start only.
        os.environ.setdefault("EVENTLET_NO_GREENDNS", "yes")
        # Before the patch: its locks are taken at every count, and nothing ever waits while it holds one.
        import eventlet
        import eventlet.tpool
        import prometheus_client  # noqa: F401

        eventlet.monkey_patch()
        # Before anything is offloaded: each further thread would keep its own 19 MiB of Argon2 for good.
        eventlet.tpool.set_num_threads(1)
        with left_out(UNUSED):
            import flask_socketio  # noqa: F401
            import structlog  # noqa: F401
    from gateway.cli import gateway
    from gateway.foundation.private_files import begin_privately
    from gateway.foundation.telemetry.masking import guard_standard_error
    from scan_to_login.processes import signal_that_came, unwind_on_signals

    guard_standard_error()
    if sys.argv[1:2] and sys.argv[1] in PRIVATE:
        begin_privately()
    if sys.argv[1:2] == ["forkserver"]:
        _serve_forks(int(sys.argv[2]))
    # psycopg's compiled wait would block every greenlet (STACK.md 7).
    os.environ.setdefault("PSYCOPG_WAIT_FUNC", "wait_select")
    unwind_on_signals()
    if not serving:
        gc.set_threshold(COLLECT_EVERY)
        gc.enable()
    try:
        gateway()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException as error:  # noqa: BLE001 - a fault of ours, whatever it is
        from gateway.foundation.telemetry import faults

        came = signal_that_came()
        if came is None:
            print(f"Error: {faults.sentence(error)}", file=sys.stderr)
        code = faults.EXIT_CODE if came is None else 128 + came
    # All resources are released by now. Skip the interpreter's own shutdown: it would print errors about greenlets
    # that have ended.
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _serve_forks(descriptor: int) -> None:
    """Be the forkserver of gateways; returns in each forked process, with the process's own arguments."""
    import eventlet.hubs

    import gateway.commands.processes  # noqa: F401 - what every gateway needs
    from gateway.server.forkserver import fork

    arguments = fork(descriptor)
    if arguments is None:
        os._exit(0)
    # A hub was made when this was patched: kept, all would wait at the same one, and take each other's events.
    eventlet.hubs.use_hub()
    sys.argv[1:] = arguments


if __name__ == "__main__":
    main()
