"""The saved login of a phone: in memory, or in a file between two commands.

The file lies in the user's state directory (``--state-dir`` or PAIRING_STATE_DIR choose another), one
for each gateway origin, mode 0600 in a folder of mode 0700, and is replaced as a whole. A lock beside
it keeps two programs from sending the same one-time code.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Protocol

from app_simulator.errors import PhoneCode, PhoneError
from scan_to_login.messages import Key
from scan_to_login.qr_payload import QrRefused, origin_of
from scan_to_login.user_folders import state_folder

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A login at a gateway: the session's token, the device and its one-time secret (base32).

    ``last_step`` is the last time step whose code was used, -1 for none. The secrets stay out of ``repr``.
    """

    gateway_url: str
    access_token: str = field(repr=False)
    device_id: str
    device_name: str
    otp_secret: str = field(repr=False)
    account: Mapping[str, Any] = field(repr=False)
    last_step: int = -1


_MEMBERS: Mapping[str, type] = {
    "gateway_url": str,
    "access_token": str,
    "device_id": str,
    "device_name": str,
    "otp_secret": str,
    "account": dict,
    "last_step": int,
}


class Memory(Protocol):
    """Keeps a phone's enrolment. Methods raise PhoneError: ``state_unreadable``, ``state_not_writable``."""

    def load(self) -> Enrolment | None:
        """The enrolment that was saved last, or None."""

    def save(self, enrolment: Enrolment) -> None:
        """Keep ``enrolment`` in place of the last one."""

    def forget(self) -> None:
        """Keep none."""

    def lock(self) -> AbstractContextManager[None]:
        """Surrounds every read that a write follows: one thread, and one process, at a time."""


class InMemory:
    """An enrolment that ends with the process."""

    def __init__(self) -> None:
        self._enrolment: Enrolment | None = None
        self._lock = threading.Lock()

    def load(self) -> Enrolment | None:
        """The enrolment saved last."""
        return self._enrolment

    def save(self, enrolment: Enrolment) -> None:
        """Save the enrolment."""
        self._enrolment = enrolment

    def forget(self) -> None:
        """Delete the enrolment."""
        self._enrolment = None

    @contextmanager
    def lock(self) -> Iterator[None]:
        """One thread at a time."""
        with self._lock:
            yield


class StateDirectory:
    """The folder of the saved logins, with the name of the last gateway."""

    def __init__(self, root: str | os.PathLike[str] | None = None) -> None:
        """``root``: the user's choice, else PAIRING_STATE_DIR, else the platform's state directory."""
        chosen = root or os.environ.get("PAIRING_STATE_DIR")
        # A folder of our own below the chosen one: its mode can be set without touching the user's.
        self.path = (Path(chosen) if chosen else state_folder()) / "app-simulator"

    def of(self, gateway_url: str) -> StateFile:
        """The file of the login at the gateway at ``gateway_url``: a memory for a Phone."""
        origin = origin_of(gateway_url)
        name = re.sub(r"[^A-Za-z0-9.-]+", "-", origin.split("://", 1)[1])[:60].strip("-")
        return StateFile(self.path / f"{name}-{hashlib.sha256(origin.encode()).hexdigest()[:8]}.json", self)

    def current(self) -> str | None:
        """The address of the last gateway that was logged in at, or None. Raises PhoneError ``state_unreadable``."""
        url = (_read(self.path / "current.json") or {}).get("gateway_url")
        return url if isinstance(url, str) else None

    def set_current(self, gateway_url: str | None) -> None:
        """Remember ``gateway_url`` as the last gateway; None: no gateway. Raises PhoneError ``state_not_writable``."""
        if gateway_url is None:
            _remove(self.path / "current.json")
        else:
            _write(self.path / "current.json", {"gateway_url": gateway_url})


class StateFile:
    """The enrolment at one gateway origin, in a file."""

    def __init__(self, path: Path, directory: StateDirectory) -> None:
        self.path = path
        self._directory = directory
        self._threads = threading.Lock()

    def load(self) -> Enrolment | None:
        """The saved enrolment, None for none. Raises PhoneError ``state_unreadable`` for a broken file."""
        saved = _read(self.path)
        if saved is None:
            return None
        if saved.get("format") != FORMAT or any(type(saved.get(name)) is not kind for name, kind in _MEMBERS.items()):
            raise PhoneError.own(PhoneCode.STATE_UNREADABLE, path=self.path, reason=Key("reason.other_version"))
        return Enrolment(**{name: saved[name] for name in _MEMBERS})

    def save(self, enrolment: Enrolment) -> None:
        """Replace the file as a whole. Raises PhoneError ``state_not_writable``."""
        _write(self.path, {"format": FORMAT, **asdict(enrolment)})
        if not self._is_current():
            self._directory.set_current(enrolment.gateway_url)

    def forget(self) -> None:
        """Remove the file; the gateway is then no longer the current one either."""
        _remove(self.path)
        if self._is_current():
            self._directory.set_current(None)

    def _is_current(self) -> bool:
        try:
            url = self._directory.current()
            return url is not None and self._directory.of(url).path == self.path
        except (PhoneError, QrRefused):  # a broken note of the current gateway is replaced, not kept
            return False

    @contextmanager
    def lock(self) -> Iterator[None]:
        """One thread and one process at a time. Raises PhoneError ``state_not_writable``."""
        with self._threads:
            _make_directory(self.path.parent)
            try:
                descriptor = os.open(self.path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
            except OSError as error:
                raise _not_writable(self.path.parent, error) from None
            try:
                _lock(descriptor)
                yield
            finally:
                os.close(descriptor)  # and with it the lock


def _read(path: Path) -> dict[str, Any] | None:
    try:
        saved = json.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    except OSError as error:
        raise PhoneError.own(PhoneCode.STATE_UNREADABLE, path=path, reason=error.strerror) from None
    except ValueError:
        raise PhoneError.own(PhoneCode.STATE_UNREADABLE, path=path, reason=Key("reason.not_json")) from None
    if not isinstance(saved, dict):
        raise PhoneError.own(PhoneCode.STATE_UNREADABLE, path=path, reason=Key("reason.not_json"))
    return saved


def _write(path: Path, content: Mapping[str, Any]) -> None:
    _make_directory(path.parent)
    try:
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=".new-")  # mode 0600 from the start
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                json.dump(content, file, ensure_ascii=False, indent=1)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise _not_writable(path.parent, error) from None


def _make_directory(path: Path) -> None:
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.chmod(0o700)
    except OSError as error:
        raise _not_writable(path, error) from None


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise _not_writable(path.parent, error) from None


def _not_writable(path: Path, error: OSError) -> PhoneError:
    return PhoneError.own(PhoneCode.STATE_NOT_WRITABLE, path=path, reason=error.strerror)


if sys.platform == "win32":

    def _lock(descriptor: int) -> None:
        import msvcrt

        msvcrt.locking(descriptor, msvcrt.LK_LOCK, 1)

else:

    def _lock(descriptor: int) -> None:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX)
