"""One-time codes of phones (RFC 6238): finds the time step of a code, by the gateway's clock."""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable
from typing import Final

import pyotp

from gateway.config import Settings

OTP_SECONDS: Final = 30


def otp_limits(settings: Settings) -> str:
    """The limits of wrong codes, as JSON for the scripts that take one-time codes (``lua/_otp.lua``)."""
    return json.dumps([settings.otp_window_seconds * 1000, settings.otp_tries, settings.otp_tries_per_account])


class _Codes(pyotp.OTP):
    """pyotp's, with a key that nobody has to decode."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        super().__init__("")

    def byte_secret(self) -> bytes:
        """The key."""
        return self._key


def step_of(keys: Iterable[bytes], otp: str, now_ms: int) -> int:
    """The time step of ``otp``: the present one or the one before; 0 if it belongs to neither.

    ``keys`` are the secrets that the device may have; there is more than one after a change of the server key. The
    caller must ensure that no step is used twice (RFC 6238 section 5.2).
    """
    given = otp.encode()
    present = now_ms // 1000 // OTP_SECONDS
    for codes in map(_Codes, keys):
        for step in (present, present - 1):
            if hmac.compare_digest(given, codes.generate_otp(step).encode()):
                return step
    return 0
