"""The address that the gateway tells clients and phones, and the web pages that may connect to it.

An address from the setting or the control plane is told to everybody. Without one, each caller is told the address it
has called (the ``Host`` header), if that is `localhost` or an IP address. A name is different: a foreign name server
can make it lead here (DNS rebinding). With a token on the control plane such a page can do no harm, so a name is told
too. Without the simulation an IP address must be this machine's own.
"""

from __future__ import annotations

import socket
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import TypeAlias
from urllib.parse import urlsplit

from gateway.config import Settings
from gateway.foundation.wsgi import Environ
from scan_to_login.qr_payload import QrRefused, origin_of

Address: TypeAlias = IPv4Address | IPv6Address
_TWINS = {"127.0.0.1": "localhost", "localhost": "127.0.0.1"}


class PublicAddress:
    """The told address and the admitted origins of one worker.

    ``chosen`` is the address that the control plane has set; empty if it has set none.
    """

    def __init__(self, settings: Settings, listening: str) -> None:
        """``listening`` is the URL of the listening socket, as a program on this machine reaches it."""
        self.chosen = ""
        self._setting = settings.public_url.rstrip("/")
        self._listening = listening
        self._allowed = frozenset(settings.allowed_origins)
        self._simulation = settings.sim
        self._any_name = settings.sim and bool(settings.sim_token.get_secret_value())

    @property
    def fixed(self) -> str:
        """The address that everybody is told; empty if each caller is told the address it has called."""
        return self.chosen or self._setting

    def told_to(self, asked: str) -> str:
        """The address for a caller that has called ``asked`` (``scheme://host``; empty if unknown)."""
        if self.fixed:
            return self.fixed
        origin, host, address = _called(asked)
        return origin if origin and self._is_local(host, address) else self._listening

    def admits(self, origin: str, host: str) -> bool:
        """Whether a page of ``origin`` may connect that has called ``host`` (the ``Host`` header).

        The pages of the told address may, those of the allowed origins, and the gateway's own at a local name.
        """
        try:
            origin = origin_of(origin)
            if origin in self._allowed or origin in _with_twin(origin_of(self.fixed or self._listening)):
                return True
            parts = urlsplit(origin)
            return origin == origin_of(f"{parts.scheme}://{host}") and self.is_local_name(parts.hostname)
        except QrRefused:
            return False

    def is_allowed(self, origin: str) -> bool:
        """Whether the setting ``allowed_origins`` names ``origin``, in the form that browsers send."""
        return origin in self._allowed

    @property
    def allows_others(self) -> bool:
        """Whether the setting ``allowed_origins`` names any origin."""
        return bool(self._allowed)

    def is_local_name(self, host: str | None) -> bool:
        """Whether a foreign name server cannot have led a page here under the name ``host``, or it does not matter."""
        return self._is_local(host, address_of(host))

    def _is_local(self, host: str | None, address: Address | None) -> bool:
        if host == "localhost" or self._any_name or (host and self.fixed and host == urlsplit(self.fixed).hostname):
            return bool(host)
        return address is not None and (self._simulation or is_own_address(address))


@lru_cache(256)
def _called(asked: str) -> tuple[str, str | None, Address | None]:
    """The origin in ``asked`` (empty where there is none), its host, and this as an address."""
    try:
        origin = origin_of(asked)
        host = urlsplit(asked).hostname
    except QrRefused:
        return "", None, None
    return origin, host, address_of(host)


@lru_cache(256)
def asked_of(scheme: str, host: str) -> str:
    """``scheme://host``, as `PublicAddress.told_to` takes it; one text for all callers of one address."""
    return f"{scheme}://{host}" if host else ""


def asked_in(environ: Environ) -> str:
    """The address that the caller of a request has called, as a trusted proxy says, or its ``Host`` header."""
    return asked_of(environ.get("wsgi.url_scheme", "http"), environ.get("HTTP_HOST", ""))


def address_of(host: str | None) -> Address | None:
    """``host`` as an IP address; None if it is a name."""
    try:
        return ip_address((host or "").strip("[]"))
    except ValueError:
        return None


def is_own_address(address: Address) -> bool:
    """Whether this machine has the address."""
    if address.is_loopback:
        return True
    family = socket.AF_INET6 if address.version == 6 else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.bind((str(address), 0))  # sends nothing
    except OSError:
        return False
    return not (address.is_unspecified or address.is_multicast)


def network_address() -> str:
    """This machine's address in its network; empty if it is in none."""
    # Connecting a UDP socket sends nothing; it makes the system choose the address it would send from.
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return ""
        return str(probe.getsockname()[0])


def _with_twin(origin: str) -> tuple[str, ...]:
    """``origin``, and the same at the other of the names `localhost` and 127.0.0.1."""
    parts = urlsplit(origin)
    twin = _TWINS.get(parts.hostname or "")
    return (origin, origin.replace(f"//{parts.hostname}", f"//{twin}")) if twin else (origin,)
