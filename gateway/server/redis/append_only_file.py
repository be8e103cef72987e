"""A private Redis's append-only file that Redis will not load: the damage is cut off, or the files are set aside.

Redis itself goes on from a file that merely ends too early. It refuses zeros at the end (a full disk, a power cut),
zeros between commands, garbage within, and a manifest that is empty or names a missing file. Zeros between commands are
its own: after a rewrite it has its file open without O_APPEND, and goes on behind a hole where a full disk let it write
a part alone. The server's own program says up to which byte a file is sound: under the name ``redis-check-aof`` it is
the checker, even where nothing of that name is installed.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import subprocess
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Final

CHECK_SECONDS: Final = 120.0
_PIECE_BYTES: Final = 1_048_576
_FOLDER: Final = "appendonlydir"
_BEGINNINGS: Final = (b"*", b"#")  # of a command, of a note of the time
_ONE_FILE: Final = "appendonly.aof"  # Redis 6.2, which knows no manifest
_DAMAGE: Final = re.compile(r"append[ -]only|\bAOF\b|\bRDB\b|loading DB|load DB", re.IGNORECASE)
# Of the machine or the program, not of the data: the files stay as they are.
_OTHER_REASONS: Final = (
    "RDB format version",  # written by a newer server
    *(
        os.strerror(number)
        for number in (
            *(errno.EACCES, errno.EPERM, errno.EIO, errno.EROFS),
            *(errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.ENFILE, errno.ENOMEM),
        )
    ),
)


def is_damage(words: str) -> bool:
    """Whether a server that ended while it started has named its data as the reason in ``words``."""
    return bool(_DAMAGE.search(words)) and not any(reason in words for reason in _OTHER_REASONS)


def repair(server: str, folder: Path) -> str:
    """Take zeros between commands out of the newest file under ``folder``, and cut off what is damaged after that.

    ``server`` is the server's program; what was done is a sentence. What is cut off is kept beside, unless it is
    nothing but zeros or there is no room for it. Empty where that file is sound, is none, or cannot be checked: then it
    is not what keeps Redis down.
    """
    path = newest_file(folder)
    if path is None:
        return ""
    done = []
    sound = _sound_bytes(server, path)
    while sound is not None and (zeros := _zeros_before_a_command(path, sound)) and _take_out(path, sound, zeros):
        done.append(f"The private Redis's file {path} had {zeros} zeros between its commands: they were taken out.")
        sound = _sound_bytes(server, path)
    if sound is not None and sound < path.stat().st_size:
        done.append(_cut_off(path, sound, folder))
    return " ".join(done)


def _zeros_before_a_command(path: Path, sound: int) -> int:
    """How many zeros follow the first ``sound`` bytes, if a command or a note of the time follows them; else 0."""
    zeros = 0
    with path.open("rb") as file:
        file.seek(sound)
        while piece := file.read(_PIECE_BYTES):
            rest = piece.lstrip(b"\0")
            zeros += len(piece) - len(rest)
            if rest:
                return zeros if rest[:1] in _BEGINNINGS else 0
    return 0


def _take_out(path: Path, sound: int, zeros: int) -> bool:
    """Write the file anew without these zeros; False where there is no room."""
    new = path.with_name(f"{path.name}.repaired")
    try:
        with path.open("rb") as file, new.open("wb") as copy:
            copy.write(file.read(sound))
            file.seek(zeros, os.SEEK_CUR)
            shutil.copyfileobj(file, copy)
            copy.flush()
            os.fsync(copy.fileno())
        new.replace(path)
    except OSError:
        with suppress(OSError):
            new.unlink(missing_ok=True)
        return False
    return True


def _cut_off(path: Path, sound: int, folder: Path) -> str:
    with path.open("rb+") as file:
        end = file.seek(0, os.SEEK_END)
        file.seek(sound)
        zeros = all(not piece.strip(b"\0") for piece in iter(lambda: file.read(_PIECE_BYTES), b""))
        file.seek(sound)
        kept = None if zeros else _keep(file, folder)
        file.truncate(sound)
        file.flush()
        os.fsync(file.fileno())
    where = (
        ", all of them zero" if zeros else (f"; they are kept in {kept}" if kept else "; there was no room for them")
    )
    return f"The private Redis's file {path} was damaged: its last {end - sound} bytes were cut off{where}."


def set_aside(folder: Path) -> str:
    """Rename the files under ``folder`` to a dated name, so that Redis starts empty; what was done, as a sentence.

    Empty where there are none. Raises OSError.
    """
    for name in (_FOLDER, _ONE_FILE):
        path = folder / name
        if path.exists():
            aside = _dated(folder, f"{name}.damaged")
            path.rename(aside)
            return (
                f"The private Redis's files in {path} are damaged beyond repair: they were set aside as {aside}, and "
                "Redis starts empty. Sessions, tickets under way and lockout counts are lost; people log in again."
            )
    return ""


def newest_file(folder: Path) -> Path | None:
    """The file that Redis wrote to last: the manifest names it."""
    one = folder / _ONE_FILE
    if one.is_file():
        return one
    with suppress(OSError, ValueError):
        lines = (folder / _FOLDER / f"{_ONE_FILE}.manifest").read_text("ascii").splitlines()
        names = [line.split()[1] for line in lines if line.startswith("file ") and line.rstrip().endswith("type i")]
        if names and (path := folder / _FOLDER / Path(names[-1]).name).is_file():
            return path
    return None


def _sound_bytes(server: str, path: Path) -> int | None:
    """Up to which byte the file can be read; None where the checker does not say."""
    with suppress(OSError, subprocess.TimeoutExpired):
        done = subprocess.run(
            ["redis-check-aof", str(path)],
            executable=server,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=CHECK_SECONDS,
        )
        if found := re.search(rb"\bok_up_to=(\d+)", done.stdout):
            return int(found[1])
    return None


def _keep(rest: IO[bytes], folder: Path) -> Path | None:
    path = _dated(folder, "cut-off")
    try:
        with path.open("xb") as file:
            shutil.copyfileobj(rest, file)
    except OSError:
        with suppress(OSError):
            path.unlink(missing_ok=True)
        return None
    path.chmod(0o600)
    return path


def _dated(folder: Path, name: str) -> Path:
    """A path that is not taken yet, with the day and time (UTC) in its name."""
    stem = f"{name}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    number = 1
    while (path := folder / (stem if number == 1 else f"{stem}-{number}")).exists():
        number += 1
    return path
