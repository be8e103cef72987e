"""Reads the QR code in an image (a file, its bytes, a screenshot of a whole page), and tells whose it is.

One ladder of looks, cheap ones first, finds distorted, small, striped and badly lit codes (app_simulator/pictures).
Of several codes in an image the one of this gateway counts; two codes of this gateway are an error.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from app_simulator.addresses import same_door
from app_simulator.errors import PhoneCode, PhoneError
from app_simulator.pictures.looks import LADDER, texts_in
from app_simulator.pictures.opening import MAX_BYTES, colour_channels, grey_pictures
from scan_to_login.qr_payload import QrKind, QrRefused, clean_payload, frame_in, origin_of, read_qr
from scan_to_login.rules.rotating_qr import read_step

Source = str | os.PathLike[str] | bytes
"""A QR code: the text it holds (str), an image file (a path object), or an image's bytes."""

SECONDS: Final = 5.0
"""Seconds after which no new look at an image begins."""
FURTHER_SECONDS: Final = 0.5
"""Further seconds if it has found codes, but none of this gateway."""
COLOURS_BEFORE: Final = "half"
"""The look from which on it also reads the three colour channels, each by itself."""
LONG_SECONDS: Final = 1.0
"""Seconds after which ``on_long`` is called."""


@dataclass(frozen=True, slots=True)
class Qr:
    """The content of a gateway's QR code: its kind, and a ticket_id, a taxpayer_id or nothing.

    ``frame`` is what a login QR that rotates holds beside the ticket.
    """

    kind: QrKind
    argument: str
    frame: str = ""


def read(source: Source, gateway_url: str, on_long: Callable[[], None] | None = None) -> Qr:
    """The content of a QR code of this gateway. ``on_long`` is called once if it takes over a second.

    Raises PhoneError: ``qr_not_an_address``, ``qr_foreign_origin`` (``qr_other_name`` where both are
    this machine under two names), ``qr_unknown_kind``, ``qr_several_own``, and those of ``read_image``.
    """
    if isinstance(source, str):
        return _of_gateway(source, gateway_url)
    found = _texts(source, lambda text: _is_own(text, gateway_url), on_long)
    own = [text for text in found if _is_own(text, gateway_url)]
    if len({read_qr(text, gateway_url) for text in own}) == 1:
        return _of_gateway(
            max(own, key=lambda text: read_step(frame_in(text)) or 0), gateway_url
        )  # a film of one ticket
    if len(own) > 1:
        raise PhoneError.own(PhoneCode.QR_SEVERAL_OWN, codes=", ".join(sorted(own)))
    return _of_gateway(_only(own or found), gateway_url)


def read_image(source: bytes | os.PathLike[str]) -> str:
    """The text of the QR code in an image: its bytes, or its file.

    Raises PhoneError: ``qr_file``, ``qr_empty``, ``qr_not_an_image``, ``qr_format``, ``qr_broken_image``,
    ``qr_image_too_large``, ``qr_none``, ``qr_several`` (different texts; the same code shown twice is one).
    """
    return _only(_texts(source, lambda _: True, None))


def _of_gateway(text: str, gateway_url: str) -> Qr:
    try:
        kind, argument = read_qr(text, gateway_url)
        return Qr(kind, argument, frame_in(text) if kind is QrKind.LOGIN else "")
    except QrRefused as refused:
        if refused.reason != "foreign_origin":
            raise PhoneError.own(PhoneCode(f"qr_{refused.reason}")) from None
        found, expected = origin_of(clean_payload(text)), origin_of(gateway_url)
        # localhost and 127.0.0.1 are two origins; a mix-up gets an error of its own.
        code = PhoneCode.QR_OTHER_NAME if same_door(found, expected) else PhoneCode.QR_FOREIGN_ORIGIN
        raise PhoneError.own(code, found=found, expected=expected) from None


def _is_own(text: str, gateway_url: str) -> bool:
    try:
        read_qr(text, gateway_url)
    except QrRefused:
        return False
    return True


def _only(found: list[str]) -> str:
    if len(found) > 1:
        raise PhoneError.own(PhoneCode.QR_SEVERAL, count=len(found))
    return found[0]


def _texts(
    source: bytes | os.PathLike[str], wanted: Callable[[str], bool], on_long: Callable[[], None] | None
) -> list[str]:
    """The texts of the first look that finds a wanted text, or else of all looks. Raises PhoneError ``qr_none``."""
    content = source if isinstance(source, bytes) else _content_of(source)
    began = time.monotonic()
    until = began + SECONDS
    pictures = list(grey_pictures(content))
    found: dict[str, None] = {}
    for look in LADDER:
        if look.name == COLOURS_BEFORE:
            pictures += colour_channels(content)
        for picture in pictures:
            found |= dict.fromkeys(map(clean_payload, texts_in(picture, look)))
            now = time.monotonic()
            if on_long is not None and now - began > LONG_SECONDS:
                on_long()
                on_long = None
            if now > until:
                break
        if any(map(wanted, found)) or time.monotonic() > until:
            break
        if found:
            until = min(until, time.monotonic() + FURTHER_SECONDS)
    if not found:
        raise PhoneError.own(PhoneCode.QR_NONE)
    return list(found)


def _content_of(path: os.PathLike[str]) -> bytes:
    try:
        with Path(path).open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise PhoneError.own(PhoneCode.QR_FILE, path=os.fspath(path), reason=reason) from None
