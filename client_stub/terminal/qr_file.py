"""Writes the QR as a PNG file, whole or not at all."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path
from typing import Final

from scan_to_login import qr_image

MODULE: Final = 8
"""Side of a module in pixels."""


def write_qr(payload: str, path: Path) -> None:
    """Write the QR to ``path``: into a file beside it, then renamed, so that a watcher never reads half of it.

    The file has the permissions of the umask, since the phone may run as another user. Raises OSError.
    """
    image = qr_image.png(payload, MODULE)
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666), "wb") as file:
            file.write(image)
        beside.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise


def prepare(path: Path) -> None:
    """Remove the QR of an earlier run, so that nobody scans it, and check that the folder can be written.

    Raises OSError, such as for a missing folder.
    """
    probe = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    probe.touch()
    probe.unlink()
    if path.is_dir():
        raise IsADirectoryError(21, "Is a directory", str(path))
    path.unlink(missing_ok=True)
