"""One-time codes of phones (RFC 6238): which time step a code is of, by the gateway's clock alone."""

from __future__ import annotations

from typing import Final

import pyotp

OTP_SECONDS: Final = 30


def step_of(secret: str, otp: str, now_ms: int) -> int:
    """The time step that ``otp`` is the code of: the present one or the one before; 0 where it is of neither.

    ``secret`` is in base32. That no step serves twice is for the caller to keep (RFC 6238 section 5.2).
    """
    totp = pyotp.TOTP(secret, interval=OTP_SECONDS)
    present = now_ms // 1000 // OTP_SECONDS
    for step in (present, present - 1):
        if pyotp.utils.strings_equal(otp, totp.generate_otp(step)):
            return step
    return 0
