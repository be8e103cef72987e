"""The QR as a PNG file that is there whole or not at all."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path
from typing import Final

import qrcode
from qrcode.constants import ERROR_CORRECT_M
from qrcode.image.pil import PilImage

from client_stub.terminal_qr import QUIET_ZONE

MODULE: Final = 8
"""Pixels of a module's side."""


def write_qr(payload: str, path: Path) -> None:
    """Write the QR to ``path``: into a file beside it, then renamed, so that a watcher never reads half of it.

    The file gets the permissions that the umask leaves, for the phone may be another user's. Raises OSError.
    """
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=QUIET_ZONE, box_size=MODULE)
    code.add_data(payload)
    code.make(fit=True)
    image = code.make_image(image_factory=PilImage)
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666), "wb") as file:
            image.save(file, format="PNG")
        beside.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise


def prepare(path: Path) -> None:
    """Remove a QR of an earlier run, so that nobody scans it, and see that the folder can be written to.

    Raises OSError, such as for a missing folder.
    """
    probe = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    probe.touch()
    probe.unlink()
    if path.is_dir():
        raise IsADirectoryError(21, "Is a directory", str(path))
    path.unlink(missing_ok=True)
