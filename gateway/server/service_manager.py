"""Tells systemd of the service's state, as sd_notify(3) describes it: datagrams to the socket in ``NOTIFY_SOCKET``."""

from __future__ import annotations

import contextlib
import os
import socket
import time
from collections.abc import MutableMapping

_MICROSECONDS = 1_000_000


class ServiceManager:
    """The manager that has started this process; without one every call does nothing."""

    def __init__(self, environment: MutableMapping[str, str]) -> None:
        """Take the manager's variables out of ``environment``: no child process may speak for this one."""
        self._address = environment.pop("NOTIFY_SOCKET", "")
        microseconds, pid = environment.pop("WATCHDOG_USEC", ""), environment.pop("WATCHDOG_PID", "")
        watched = bool(self._address) and microseconds.isdigit() and pid in ("", str(os.getpid()))
        self.watchdog_seconds = int(microseconds) / _MICROSECONDS if watched else 0.0
        """The manager restarts the service if it hears no :meth:`alive` for so long; 0 if it does not watch."""

    def ready(self, status: str) -> None:
        """The service serves, after its start or after a reload; ``status`` is for ``systemctl status``."""
        self._tell("READY=1", f"STATUS={status}")

    def reloading(self) -> None:
        """The service reloads; :meth:`ready` follows."""
        self._tell("RELOADING=1", f"MONOTONIC_USEC={time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000}")

    def stopping(self) -> None:
        """The service ends."""
        self._tell("STOPPING=1")

    def alive(self) -> None:
        """The service works: the watchdog's time begins anew."""
        self._tell("WATCHDOG=1")

    def _tell(self, *lines: str) -> None:
        """Send one message. A manager that cannot be reached ends no service."""
        if not self._address.startswith(("/", "@")):
            return
        # An address with @ is in the abstract namespace (unix(7)).
        address = f"\0{self._address[1:]}" if self._address.startswith("@") else self._address
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
            sender.sendto("\n".join(lines).encode(), address)
