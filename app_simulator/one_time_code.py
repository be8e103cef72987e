"""The choice of a one-time code: TOTP (RFC 6238), SHA-1, 6 digits, 30 s steps, of the gateway's clock.

The gateway takes the present step's code and the one before it, each once (RFC 6238 section 5.2), so
a phone that remembers the last step it used can confirm twice in 30 s without waiting.
"""

from __future__ import annotations

import binascii
from collections.abc import Callable
from dataclasses import dataclass

import pyotp

from app_simulator.errors import PhoneCode, PhoneError
from scan_to_login.messages import Key

STEP_MS = 30_000
# So close to its end a step counts as past: the request may reach the gateway in the next step.
NEAR_END_MS = 2_000


@dataclass(frozen=True, slots=True)
class StepChoice:
    """The step to use, or, if ``step`` is None, the milliseconds until there is one."""

    step: int | None
    wait_ms: int = 0


def step_at(now_ms: int) -> int:
    """Number of the time step that holds this moment (milliseconds of the gateway's clock)."""
    return now_ms // STEP_MS


def choose_step(now_ms: int, last_step: int) -> StepChoice:
    """The oldest unused step that the gateway takes now, so that the newer one stays for the next login.

    In: the gateway's time in milliseconds, and the last step that was used (-1: none).
    """
    present = step_at(now_ms)
    oldest = present if (present + 1) * STEP_MS - now_ms < NEAR_END_MS else present - 1
    step = max(oldest, last_step + 1, 0)
    if step <= present:
        return StepChoice(step)
    return StepChoice(None, step * STEP_MS - now_ms)


def code_of(secret: str, step: int) -> str:
    """The six digits of a step. Raises PhoneError for a secret that is not base32."""
    try:
        return pyotp.TOTP(secret).generate_otp(step)
    except binascii.Error:
        raise PhoneError.own(PhoneCode.STATE_UNREADABLE, path="otp_secret", reason=Key("reason.not_base32")) from None


class GatewayClock:
    """The gateway's time as the phone knows it: that of the last answer, and the time since.

    It lags by the time that the answer took, so a code is never of the gateway's future.
    ``monotonic`` gives seconds. The machine's clock is not read: a test may move the gateway's by hours.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._told: tuple[int, float] | None = None

    def observe(self, server_ms: int) -> None:
        """Take the time that an answer carries, in milliseconds."""
        self._told = (server_ms, self._monotonic())

    @property
    def known(self) -> bool:
        """Whether any answer has carried a time yet."""
        return self._told is not None

    def now_ms(self) -> int:
        """Milliseconds of the gateway's clock. Raises LookupError before the first answer."""
        if self._told is None:
            raise LookupError("no answer has carried the gateway's time yet")
        server_ms, at = self._told
        return server_ms + int((self._monotonic() - at) * 1000)
