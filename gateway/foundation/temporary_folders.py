"""Temporary folders that go with their process, however it ends: a killed one's are removed by the next.

The process holds a lock (flock) on a file in its folder, and the kernel lets go of it at the process's end. Whoever
makes a folder removes those of this user first whose lock nobody holds.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
from pathlib import Path
from typing import Final, Self

PREFIX: Final = "scan-to-login-"
_LOCK: Final = ".held"


class TemporaryFolder:
    """A new folder ``scan-to-login-…`` that this process holds until ``remove``, or the end of the block.

    ``kind`` is the beginning of the rest of its name, ``parent`` the folder that it is made in (that of TMPDIR).
    Raises OSError.
    """

    def __init__(self, kind: str = "", parent: str | None = None) -> None:
        remove_abandoned(Path(parent or tempfile.gettempdir()))
        while True:
            self.path = Path(tempfile.mkdtemp(prefix=PREFIX + kind, dir=parent))
            lock = _locked(self.path)
            if lock is not None:
                self._lock = lock
                return

    def remove(self) -> None:
        """Remove it, with all that is in it."""
        shutil.rmtree(self.path, ignore_errors=True)
        with contextlib.suppress(OSError):
            os.close(self._lock)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.remove()


def remove_abandoned(parent: Path) -> None:
    """Remove the folders in ``parent`` that a killed process of this user has left."""
    for folder in parent.glob(f"{PREFIX}*/{_LOCK}"):
        with contextlib.suppress(OSError):
            if folder.lstat().st_uid != os.geteuid():
                continue
            lock = _locked(folder.parent)
            if lock is not None:
                shutil.rmtree(folder.parent, ignore_errors=True)
                os.close(lock)


def _locked(folder: Path) -> int | None:
    """The descriptor of the folder's lock; None where another process has it, or has removed the folder meanwhile."""
    try:
        lock = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.path.samestat(os.fstat(lock), (folder / _LOCK).lstat()):
            return lock
    except OSError:
        pass
    os.close(lock)
    return None
