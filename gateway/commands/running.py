"""What a running gateway tells of itself: its addresses, its ready line and its ready file."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Final, NamedTuple

from gateway.config import Settings
from gateway.foundation.telemetry.masking import shown_url
from gateway.http.origins.public_address import address_of, network_address
from gateway.server.redis.private import PrivateRedis
from scan_to_login.errors import StartupError

_WILDCARDS: Final = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104


class Addresses(NamedTuple):
    """The URLs of one gateway."""

    url: str  # the public URL of the settings, else the one that reaches it from this machine
    listening: str  # of the listening socket, such as http://0.0.0.0:8080
    public_url: str  # what a phone in this network is told

    @classmethod
    def of(cls, settings: Settings, port: int) -> Addresses:
        """The addresses of a gateway that listens on ``port``."""
        scheme = "https" if settings.tls_certificate else "http"
        host = settings.host.strip("[]")
        listening = f"{scheme}://{_shown(host)}:{port}"
        if settings.public_url:
            told = settings.public_url.rstrip("/")
            return cls(told, listening, told)
        here = _WILDCARDS.get(host, host)
        in_network = (network_address() or here) if host in _WILDCARDS else here
        return cls(f"{scheme}://{_shown(here)}:{port}", listening, f"{scheme}://{_shown(in_network)}:{port}")

    @property
    def for_this_machine_alone(self) -> bool:
        """Whether phones cannot reach the told address."""
        host = self.public_url.partition("//")[2].rpartition(":")[0]
        address = address_of(host)
        return host == "localhost" or (address is not None and address.is_loopback)


def _shown(host: str) -> str:
    return f"[{host}]" if ":" in host else host


class Running:
    """The running gateway, as the ready file describes it."""

    def __init__(self, settings: Settings, ready_file: Path | None) -> None:
        self._settings = settings
        self._ready_file = ready_file
        self.redis: PrivateRedis | None = None
        self.addresses = Addresses("", "", "")
        self.workers: list[int] = []
        self.database = ""

    def line(self) -> str:
        """The ready object as one line of JSON (DESIGN.md section 8); only the ready file has passwords."""
        return self._line(shown_url(self._redis_url))

    def _line(self, redis_url: str) -> str:
        redis = {"url": redis_url, "pid": None if self.redis is None else self.redis.pid}
        about = {"pid": os.getpid(), "workers": self.workers, "redis": redis, "database": self.database}
        return json.dumps({**self.addresses._asdict(), **about})

    @property
    def _redis_url(self) -> str:
        return self._settings.redis_url.get_secret_value() if self.redis is None else self.redis.url

    def tell(self) -> None:
        """Write the ready file again, in one step, readable only by its owner: it holds Redis's password.

        Raises StartupError if it cannot be written.
        """
        if self._ready_file is None:
            return
        try:
            handle, name = tempfile.mkstemp(dir=self._ready_file.parent, prefix=".ready-")
            with os.fdopen(handle, "w") as file:
                file.write(self._line(self._redis_url) + "\n")
            Path(name).replace(self._ready_file)
        except OSError as error:
            raise StartupError("command.ready_file", file=self._ready_file, reason=error) from None
