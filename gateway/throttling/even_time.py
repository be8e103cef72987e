"""Answers that take the same time, whatever the call finds."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

FLOOR_SECONDS = 0.03  # of real time: several times the duration of the work, and less than a password's hash


@contextmanager
def even_time() -> Iterator[None]:
    """A block that lasts at least ``FLOOR_SECONDS``, also if it raises; other requests run meanwhile.

    For steps that hash no password: lookups and writes for existing and unknown people differ by fractions of a
    millisecond, which many tries would show (SECURITY.md 14 and 36).
    """
    ends = time.monotonic() + FLOOR_SECONDS
    try:
        yield
    finally:
        time.sleep(max(0.0, ends - time.monotonic()))
