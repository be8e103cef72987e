"""Reads single keys from a terminal during a block."""

from __future__ import annotations

import contextlib
import os
import select
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Key:
    """A pressed key: the character that it types, in lower case."""

    name: str


def someone_is_there() -> bool:
    """Whether there is a person to ask: input and output are a terminal, and this program is in its foreground."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return False
    try:
        return os.tcgetpgrp(sys.stdin.fileno()) == os.getpgrp()
    except (AttributeError, OSError):
        return True


@contextlib.contextmanager
def keys(on_key: Callable[[Key], None]) -> Iterator[None]:
    """Call back for each key typed on standard input, from a thread that ends with the block.

    Control-C still interrupts. Without a terminal that gives single keys it never calls back.
    """
    try:
        import termios
        import tty

        terminal = sys.stdin.fileno()
        before = termios.tcgetattr(terminal)
    except (ImportError, OSError, ValueError, termios.error):
        yield
        return
    stop_read, stop_write = os.pipe()
    thread = threading.Thread(
        target=_read_keys, args=(terminal, stop_read, on_key), name="client-stub-keys", daemon=True
    )
    tty.setcbreak(terminal, termios.TCSADRAIN)
    thread.start()
    try:
        yield
    finally:
        os.write(stop_write, b".")
        thread.join()
        os.close(stop_read)
        os.close(stop_write)
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)


def _read_keys(terminal: int, stop: int, on_key: Callable[[Key], None]) -> None:
    while True:
        ready, _, _ = select.select([terminal, stop], [], [])
        if stop in ready:
            return
        typed = os.read(terminal, 64)
        if not typed:
            return
        for name in typed.decode("utf-8", "ignore").lower():
            on_key(Key(name))
