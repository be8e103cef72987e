"""The addresses of a running gateway: where it listens, what reaches it from this machine, what phones see."""

from __future__ import annotations

from typing import Final, NamedTuple

from gateway.config import Settings
from gateway.http.origins.public_address import address_of, network_address

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
