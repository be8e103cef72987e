"""Access to the control plane: with the token; without a configured token, from this machine only.

If there is a token, only the token opens the control plane; the caller's address and host name do not matter. If there
is none, the caller must be on this machine, and no proxy may vouch for that. A browser on this machine may show any
page, so the `Origin` of another page is refused. A host name that foreign DNS may have pointed here (DNS rebinding) is
refused too.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

from flask import Request

from gateway.config import Settings
from gateway.foundation.errors import Refusal
from gateway.http.origins.public_address import PublicAddress, address_of
from scan_to_login.protocol import Code

# A proxy sends one of these headers, or an `X-Forwarded-...`.
_BY_PROXIES: Final = frozenset(
    {"forwarded", "via", "x-real-ip", "x-client-ip", "x-original-forwarded-for", "cf-connecting-ip", "true-client-ip"}
)


class Access:
    """Admits or refuses requests to the control plane."""

    def __init__(self, settings: Settings, public: PublicAddress) -> None:
        self._token = settings.sim_token.get_secret_value()
        self._open = settings.sim_open
        self._public = public

    def check(self, request: Request) -> None:
        """Raise ``unauthenticated``, ``origin_refused`` or ``forbidden`` unless the request may pass."""
        if self._token:
            scheme, _, credential = request.headers.get("Authorization", "").partition(" ")
            if scheme.lower() == "bearer" and hmac.compare_digest(credential.strip().encode(), self._token.encode()):
                return
            raise Refusal(
                Code.UNAUTHENTICATED, "The control plane asks for its token (PAIRING_SIM_TOKEN) as a bearer token."
            )
        origin = request.headers.get("Origin")
        if origin is not None and not self._public.admits(origin, request.host):
            raise Refusal(Code.ORIGIN_REFUSED)
        if not self._public.is_local_name(urlsplit(f"//{request.host}").hostname):
            raise Refusal(
                Code.FORBIDDEN,
                f"The control plane is not at the name {request.host} without a token: use its IP address, or set "
                "PAIRING_SIM_TOKEN and send it as a bearer token.",
            )
        if not (self._open or _from_here(request)):
            raise Refusal(
                Code.FORBIDDEN,
                "The control plane answers this machine alone; set PAIRING_SIM_TOKEN and send it as a bearer token.",
            )


def exposure(settings: Settings, say: Callable[..., str] = str.format) -> str:
    """A sentence about what a simulation exposes beyond this machine, and to whom; empty if nothing.

    ``say`` fills in a text in the reader's language.
    """
    public = urlsplit(settings.public_url).hostname if settings.public_url else settings.host
    if not settings.sim or (_is_here(settings.host) and _is_here(public) and not settings.trusted_proxies):
        return ""
    if settings.sim_token.get_secret_value():
        control = say("only the holder of PAIRING_SIM_TOKEN can use the control plane /sim/v1")
    elif settings.sim_open:
        control = say("everybody can use the control plane /sim/v1 too (PAIRING_SIM_OPEN)")
    else:
        control = say(
            "the control plane /sim/v1 answers every connection from this machine, a forwarder's too: "
            "PAIRING_SIM_TOKEN closes it"
        )
    if not settings.seed:
        return say("The simulation listens on {host}, and {control}.", host=settings.host, control=control)
    return say(
        "The simulation listens on {host}: everybody who reaches it can log in as the people of its seed, whose "
        "passwords are published, and {control}.",
        host=settings.host,
        control=control,
    )


def _from_here(request: Request) -> bool:
    """Whether the connection comes from this machine and no header names a proxy."""
    names = {name.lower() for name, _ in request.headers}
    if names & _BY_PROXIES or any(name.startswith("x-forwarded-") for name in names):
        return False
    return _is_here(request.remote_addr)


def _is_here(host: str | None) -> bool:
    address = address_of(host)
    return host == "localhost" or (address is not None and address.is_loopback)
