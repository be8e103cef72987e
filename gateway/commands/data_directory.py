"""The data directory: made, held by one gateway at a time, and removed where it is a temporary one."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gateway.config import Settings
from gateway.foundation.private_files import keep_data_private
from gateway.foundation.telemetry import faults
from scan_to_login.errors import StartupError


@contextmanager
def data_directory(settings: Settings) -> Iterator[None]:
    """Create the data directory and hold it for this gateway alone.

    Raises StartupError if it cannot be written, or if another gateway holds it.
    """
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        keep_data_private(settings.data_dir)
        lock = (settings.data_dir / "gateway.lock").open("a+")
    except OSError as error:
        raise StartupError("data.folder", folder=settings.data_dir, reason=error) from None
    faults.keep_in(settings.data_dir)
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.seek(0)
            raise StartupError("data.in_use", folder=settings.data_dir, process=lock.read() or "?") from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


@contextmanager
def removed_at_the_end(folder: Path | None) -> Iterator[None]:
    """Remove ``folder`` after this block: the parent, which made it, may have been killed."""
    try:
        yield
    finally:
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)
