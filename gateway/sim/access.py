"""Who may use the control plane: the holder of its token, and whoever is on this machine.

A browser is on this machine too, with any page in it: so another page's `Origin` is refused, and so is a
host name that somebody else's DNS may have made ours (DNS rebinding).
"""

from __future__ import annotations

import hmac
from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import Request

from gateway.config import Settings
from gateway.foundation.errors import Refusal
from gateway.protocol import Code, QrRefused, origin_of

_FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-IP")


class Access:
    """Lets a request to the control plane in, or refuses it."""

    def __init__(self, settings: Settings, public_url: str) -> None:
        self._token = settings.sim_token.get_secret_value()
        self._open = settings.sim_open
        self._behind_proxies = settings.trusted_proxies > 0
        self._origins = {origin_of(public_url), *(origin.lower() for origin in settings.allowed_origins)}
        self._public_host = urlsplit(public_url).hostname

    def check(self, request: Request) -> None:
        """Raise ``origin_refused``, ``unauthenticated`` or ``forbidden`` unless the request may pass."""
        scheme, _, credential = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() == "bearer" and self._token:
            if hmac.compare_digest(credential.strip().encode(), self._token.encode()):
                return
            raise Refusal(Code.UNAUTHENTICATED, "This is not the token of the control plane (PAIRING_SIM_TOKEN).")
        if not self._own_origin(request):
            raise Refusal(Code.ORIGIN_REFUSED)
        if not self._is_local_name(urlsplit(f"//{request.host}").hostname):
            raise Refusal(Code.FORBIDDEN, f"The control plane is not at the name {request.host}; use its address.")
        if not (self._open or self._from_here(request)):
            raise Refusal(
                Code.FORBIDDEN,
                "The control plane answers this machine alone; set PAIRING_SIM_TOKEN and send it as a bearer token.",
            )

    def _own_origin(self, request: Request) -> bool:
        origin = request.headers.get("Origin")
        if origin is None:
            return True
        try:
            told = origin_of(origin)
        except QrRefused:
            return False
        return told in self._origins or urlsplit(told).netloc == request.host.lower()

    def _is_local_name(self, host: str | None) -> bool:
        if host in ("localhost", self._public_host):
            return True
        try:
            ip_address(host or "")
        except ValueError:
            return False
        return True

    def _from_here(self, request: Request) -> bool:
        # Behind a proxy that is not configured, everybody would seem to be here.
        if not self._behind_proxies and any(name in request.headers for name in _FORWARDED):
            return False
        try:
            return ip_address(request.remote_addr or "").is_loopback
        except ValueError:
            return False
