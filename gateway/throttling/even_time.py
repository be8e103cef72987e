"""Answers that take one time, whatever was found on the way."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

FLOOR_SECONDS = 0.03  # of real time: several times what the work takes, and less than a password's hash


@contextmanager
def even_time() -> Iterator[None]:
    """A block that lasts ``FLOOR_SECONDS`` at least, also where it raises; others have their turn meanwhile.

    For steps in which nobody's password is hashed: what is looked up and written differs for people that there are and
    people that there are not by parts of a millisecond, which many tries would show (SECURITY.md 14 and 36).
    """
    ends = time.monotonic() + FLOOR_SECONDS
    try:
        yield
    finally:
        time.sleep(max(0.0, ends - time.monotonic()))
