"""Addresses of gateways: the check of one, and whether it is this machine's own."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from app_simulator.errors import PhoneCode, PhoneError
from scan_to_login.qr_payload import QrRefused, origin_of


def gateway_address(url: str) -> str:
    """The gateway's URL without a trailing slash. Raises PhoneError ``bad_gateway_url``."""
    cleaned = url.strip().rstrip("/")
    try:
        origin_of(cleaned)
        parts = urlsplit(cleaned)
    except (QrRefused, ValueError):
        raise PhoneError.own(PhoneCode.BAD_GATEWAY_URL, url=url) from None
    if parts.query or parts.fragment:
        raise PhoneError.own(PhoneCode.BAD_GATEWAY_URL, url=url)
    return cleaned


def is_loopback(url: str) -> bool:
    """Whether the host of a URL names this machine itself."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def same_door(one: str, other: str) -> bool:
    """Whether two addresses are of this machine and have the same scheme and port: one gateway by two names."""
    if not (is_loopback(one) and is_loopback(other)):
        return False
    first, second = urlsplit(one), urlsplit(other)
    return (first.scheme, first.port) == (second.scheme, second.port)
