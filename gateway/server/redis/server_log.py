"""The log of a server that the gateway runs: appended to through restarts, and bounded."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import IO, Final

MOST_BYTES: Final = 1_048_576
LINES_TOLD: Final = 3
_TAIL_BYTES: Final = 4096


class ServerLog:
    """A file and, once it is ``MOST_BYTES`` long, its predecessor under the same name with ``.1``."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._begins = 0  # of what the present process has written

    def open(self) -> IO[bytes]:
        """The file for the next process, to append to. Raises OSError."""
        self.keep_short()
        file = self._path.open("ab")
        self._begins = file.tell()
        return file

    def keep_short(self) -> None:
        """Copy a file that has grown too long to its predecessor's place, and empty it: the server has it open."""
        with suppress(OSError):
            if self._path.stat().st_size > MOST_BYTES:
                older = self._path.with_name(f"{self._path.name}.1")
                with self._path.open("rb") as file:
                    file.seek(-MOST_BYTES, os.SEEK_END)
                    text = file.read()
                with suppress(OSError):  # no room: what is older is let go of
                    older.write_bytes(text)
                os.truncate(self._path, 0)
                self._begins = 0

    def last_words(self) -> str:
        """The last lines that the present process has written, in one line; empty where there are none."""
        with suppress(OSError), self._path.open("rb") as file:
            end = file.seek(0, os.SEEK_END)
            file.seek(max(self._begins, end - _TAIL_BYTES))
            lines = file.read().decode("utf-8", "replace").splitlines()
            return " | ".join([line.strip() for line in lines if line.strip()][-LINES_TOLD:])
        return ""
