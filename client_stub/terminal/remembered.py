"""The file with this computer's token. Only the user may read it: the token makes the person's phone ask."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path


def remembered_token(path: Path | None) -> str:
    """The token in the file; empty without a file, and for one that cannot be read."""
    if path is None:
        return ""
    with suppress(OSError, UnicodeDecodeError):
        return path.read_text("ascii").strip()
    return ""


def keep_token(path: Path, token: str) -> None:
    """Write the token, readable by its user alone, whole or not at all. Raises OSError."""
    new = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(handle, "w") as file:
            file.write(f"{token}\n")
        new.replace(path)
    except OSError:
        new.unlink(missing_ok=True)
        raise
