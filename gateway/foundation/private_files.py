"""Files and folders that their owner alone may read: what this process makes, and what was there already."""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path
from typing import Final

_FILE: Final = 0o600
_FOLDER: Final = 0o700
# What the gateway itself puts into its data directory; every name begins with one of these.
_OWN: Final = ("gateway.", "server.key", "redis", "faults.log")


def begin_privately() -> None:
    """Whatever this process and its children make from now on is for their owner alone (umask)."""
    os.umask(0o077)


def keep_private(*paths: Path) -> None:
    """Take what others may do with these files and folders away from them; those that are not there are passed over.

    What belongs to somebody else stays as it is: nobody but its owner can change it.
    """
    for path in paths:
        with contextlib.suppress(OSError):
            found = path.lstat()
            if found.st_uid != os.geteuid() or stat.S_ISLNK(found.st_mode):
                continue
            wanted = _FOLDER if stat.S_ISDIR(found.st_mode) else _FILE
            if stat.S_IMODE(found.st_mode) & ~wanted:
                path.chmod(wanted)


def keep_data_private(folder: Path) -> None:
    """The same for a data directory with what the gateway keeps in it.

    The folder itself is left alone where it holds other things too: it is somebody's home, or `/tmp`.
    """
    with contextlib.suppress(OSError):
        own = [path for path in folder.iterdir() if path.name.startswith(_OWN)]
        if len(own) == len(list(folder.iterdir())):
            keep_private(folder)
        for path in own:
            keep_private(path, *(path.rglob("*") if path.is_dir() and not path.is_symlink() else ()))
