"""Internal errors of the gateway: one sentence for people, and the traceback in a file."""

from __future__ import annotations

import os
import tempfile
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from gateway.foundation.telemetry.masking import masked_text

EXIT_CODE: Final = 70  # EX_SOFTWARE of sysexits.h
_NAME: Final = "faults.log"
_folder: list[Path] = []


def keep_in(folder: Path) -> None:
    """From now on write tracebacks into this folder, and not among temporary files."""
    _folder[:] = [folder]


def sentence(error: BaseException) -> str:
    """A sentence about ``error`` that names the file with the traceback; secrets are masked in both."""
    first = (str(error).strip().splitlines() or [""])[0]
    words = masked_text(f"{type(error).__name__}: {first}" if first else type(error).__name__).rstrip(".")
    text = masked_text("".join(traceback.format_exception(error)))
    return f"The gateway met a fault of its own ({words}); {_kept(text)}."


def _kept(text: str) -> str:
    moment = datetime.now(UTC).isoformat(timespec="seconds")  # the world's clock: the gateway's may not exist yet
    for folder in (*_folder, Path(tempfile.gettempdir())):
        path = folder / (_NAME if folder in _folder else f"scan-to-login-{os.geteuid()}-{_NAME}")
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
            with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
                file.write(f"{moment} process {os.getpid()}\n{text}\n")
        except OSError:
            continue
        return f"please report it with what stands in {path}"
    return "no file could be written to keep the rest of it"
