"""One-time codes of phones (RFC 6238): which time step a code is of, by the gateway's clock alone."""

from __future__ import annotations

from typing import Final

import pyotp

OTP_SECONDS: Final = 30


class _Totp(pyotp.TOTP):
    """pyotp's, with a key that nobody has to decode."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        super().__init__("", interval=OTP_SECONDS)

    def byte_secret(self) -> bytes:
        """The key."""
        return self._key


def step_of(key: bytes, otp: str, now_ms: int) -> int:
    """The time step that ``otp`` is the code of: the present one or the one before; 0 where it is of neither.

    ``key`` is the device's secret. That no step serves twice is for the caller to keep (RFC 6238 section 5.2).
    """
    totp = _Totp(key)
    present = now_ms // 1000 // OTP_SECONDS
    for step in (present, present - 1):
        if pyotp.utils.strings_equal(otp, totp.generate_otp(step)):
            return step
    return 0
