"""How far it is, and what is being waited for, on standard error."""

from __future__ import annotations

import sys
import time

_BEGAN = time.monotonic()


def duration(seconds: float) -> str:
    """Minutes and seconds, as `4:07 min`."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02} min"


def say(text: str) -> None:
    """One line, with the minutes and seconds since the start."""
    minutes, seconds = divmod(int(time.monotonic() - _BEGAN), 60)
    print(f"{minutes:2}:{seconds:02}  {text}", file=sys.stderr, flush=True)
