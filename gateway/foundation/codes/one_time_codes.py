"""One-time codes of phones (RFC 6238): finds the time step of a code, by the gateway's clock."""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable, Sequence
from typing import Any, Final

import pyotp

from gateway.config import Settings

OTP_SECONDS: Final = 30
NEAR_STEPS: Final = 10  # five minutes on either side


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
    """The time step of ``otp``: the present one or the one before. A near one that does not serve is negative; else 0.

    ``keys`` are the secrets that the device may have; there is more than one after a change of the server key. The
    caller must ensure that no step is used twice (RFC 6238 section 5.2), and that one that it has told of is never used
    (``lua/_otp.lua``).
    """
    keys, present = tuple(keys), now_ms // 1000 // OTP_SECONDS
    near = [present + away * sign for away in range(1, NEAR_STEPS + 1) for sign in (1, -1)]
    return _found(keys, otp, (present, present - 1)) or -_found(keys, otp, near)


def refused_code(step: int, now_ms: int) -> dict[str, Any]:
    """What the refusal of a code tells: ``gateway_time`` (ms), and ``clock_difference`` where a near step would fit.

    ``step`` is of ``step_of``. The difference is in seconds, as whole steps, and positive if the phone's clock is
    ahead. This helps no guesser: a code of a near step counts as a wrong try (settings ``otp_tries``,
    ``otp_tries_per_account``), and the gateway never accepts that code afterwards.
    """
    told: dict[str, Any] = {"gateway_time": now_ms}
    if step >= 0:
        return told
    return {**told, "clock_difference": (-step - now_ms // 1000 // OTP_SECONDS) * OTP_SECONDS}


def _found(keys: Iterable[bytes], otp: str, steps: Sequence[int]) -> int:
    given = otp.encode()
    for codes in map(_Codes, keys):
        for step in steps:
            if hmac.compare_digest(given, codes.generate_otp(step).encode()):
                return step
    return 0
