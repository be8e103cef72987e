"""What a QR holds: the addresses of this gateway, and telling them from any other text.

Standard library only, like ``scan_to_login.protocol``.
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache
from ipaddress import IPv6Address
from typing import Final
from urllib.parse import urlsplit


class QrKind(StrEnum):
    """The three kinds of QR in the system; only the first is a login."""

    LOGIN = "login"
    APP_DOWNLOAD = "app_download"
    DECLARATION_PASSWORD_RESET = "declaration_password_reset"


QR_PATHS: Final = {
    QrKind.LOGIN: "/q/",
    QrKind.APP_DOWNLOAD: "/download/app",
    QrKind.DECLARATION_PASSWORD_RESET: "/reset/declaration-password/",
}

_THIS_MACHINE = re.compile(r"//(?:127\.0\.0\.1|\[::1\])(?=:|\Z)")
# A ticket, and where its QR rotates the frame: scan_to_login.rules.rotating_qr.
_TICKET_ID = re.compile(r"([A-Za-z0-9_-]{22})(?:\.([0-9]{1,15}\.[A-Za-z0-9_-]{12}))?\Z")
# Spaces, controls, zero-width characters, marks of direction, byte order marks in either order.
_SHOWS_NOTHING = "\\s\\x00-\\x1f\\x7f-\\x9f\\u00ad\\u180e\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u206f\\ufeff\\ufffe"
_AROUND = re.compile(f"^[{_SHOWS_NOTHING}]+|[{_SHOWS_NOTHING}]+$")
# What hand scanners send first (AIM's symbology identifier, an ECI), and an old label of addresses.
_LABEL = re.compile(r"^(?:\]Q[0-9])?(?:\\[0-9]{6})?(?:url(?:to)?:)?\s*(?=https?:)", re.IGNORECASE)
_QUOTES = ("<>", '""', "''", "“”", "‘’", "「」", "《》")
_TAXPAYER_ID = re.compile(r"[0-9A-Z]{15}(?:[0-9A-Z]{3})?\Z")


class QrRefused(ValueError):  # noqa: N818 - a refusal, like the gateway's own
    """A QR payload is none of this gateway's; the text says what it is and what to do.

    ``reason`` is ``not_an_address``, ``foreign_origin`` or ``unknown_kind``, for a phone that says it in Chinese.
    """

    def __init__(self, reason: str, text: str) -> None:
        super().__init__(text)
        self.reason = reason


@lru_cache(256)
def origin_of(url: str) -> str:
    """``scheme://host[:port]`` of a URL in the one form that browsers send (WHATWG URL Standard, "origin").

    In lower case, without a default port, a name in ASCII (IDNA), an IPv6 address in its short form.
    Raises QrRefused for what is not an absolute http or https URL.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
        name = (parts.hostname or "").encode("idna").decode()  # no empty label, none of over 63 characters
    except ValueError:
        raise QrRefused("not_an_address", "The QR does not hold a valid address.") from None
    if (
        parts.scheme not in ("http", "https")
        or not parts.hostname
        or " " in parts.hostname
        or parts.username is not None
    ):
        raise QrRefused("not_an_address", "The QR does not hold an http(s) address.")
    host = f"[{_short(parts.hostname)}]" if ":" in parts.hostname else name
    default = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{host}" + (f":{port}" if port is not None and port != default else "")


def _place_of(url: str) -> str:
    """The origin of a URL, the same for the three names of this machine. Raises QrRefused."""
    origin = origin_of(url)
    return re.sub(_THIS_MACHINE, "//localhost", origin, count=1)


def _short(address: str) -> str:
    try:
        return str(IPv6Address(address))
    except ValueError:
        raise QrRefused("not_an_address", "The QR does not hold a valid address.") from None


def login_qr(public_url: str, ticket_id: str) -> str:
    """The text of a login QR: ``{public_url}/q/{ticket_id}`` and nothing else."""
    return f"{public_url.rstrip('/')}{QR_PATHS[QrKind.LOGIN]}{ticket_id}"


def reset_qr(public_url: str, taxpayer_id: str) -> str:
    """The text of the QR that leads a phone to the reset of one unit's declaration password."""
    return f"{public_url.rstrip('/')}{QR_PATHS[QrKind.DECLARATION_PASSWORD_RESET]}{taxpayer_id}"


def clean_payload(payload: str) -> str:
    """The address that a text holds, without what generators and messengers put around it.

    White space, control characters and characters that show nothing; a byte order mark, whole or read as Latin-1;
    the identifiers of hand scanners and ``URL:`` before it; angle brackets or quotation marks.
    """
    text = _AROUND.sub("", payload).removeprefix("ï»¿")
    text = _LABEL.sub("", text)
    return text[1:-1] if text[:1] + text[-1:] in _QUOTES else text


def read_qr(payload: str, gateway_url: str) -> tuple[QrKind, str]:
    """Tell the three kinds of QR apart and refuse anything from another origin.

    `localhost`, 127.0.0.1 and [::1] are one place: a gateway tells each caller the name that it has called, and phone
    and client may have called different ones.

    In: the text that a reader found, and the URL of the gateway that the phone is logged in at.
    Out: the kind, and its argument: a ticket_id, a taxpayer_id, or an empty text for the download.
    Raises QrRefused, whose text says which of the rules was broken.
    """
    payload = clean_payload(payload)
    if _place_of(payload) != _place_of(gateway_url):
        raise QrRefused(
            "foreign_origin", f"The QR comes from {origin_of(payload)}, not from {origin_of(gateway_url)}: not scanned."
        )
    parts = urlsplit(payload)
    if parts.query or parts.fragment:
        raise QrRefused("unknown_kind", "The QR carries more than a login, download or reset address: not scanned.")
    base = urlsplit(gateway_url).path.rstrip("/")
    path = parts.path.removeprefix(base)
    if path == QR_PATHS[QrKind.APP_DOWNLOAD]:
        return QrKind.APP_DOWNLOAD, ""
    for kind, pattern in ((QrKind.LOGIN, _TICKET_ID), (QrKind.DECLARATION_PASSWORD_RESET, _TAXPAYER_ID)):
        prefix = QR_PATHS[kind]
        found = pattern.match(path[len(prefix) :]) if path.startswith(prefix) else None
        if found:
            return kind, found[1] if kind is QrKind.LOGIN else found[0]
    raise QrRefused(
        "unknown_kind", "The QR is of this gateway, but neither a login, nor a download, nor a reset: not scanned."
    )


def frame_in(payload: str) -> str:
    """The frame that the text of a rotating login QR holds; empty for any other text."""
    found = _TICKET_ID.match(urlsplit(clean_payload(payload)).path.rpartition("/")[2])
    return (found[2] or "") if found else ""
