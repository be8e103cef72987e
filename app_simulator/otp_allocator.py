"""Allocation of one-time codes: no two threads or processes use the same time step."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

from app_simulator.enrolment import Enrolment, Memory
from app_simulator.errors import PhoneCode, PhoneError
from app_simulator.one_time_code import STEP_MS, GatewayClock, choose_step, step_at

# Interval at which a waiting phone reads the gateway's clock, in seconds: a test may move it meanwhile.
LOOK_EVERY = 1.0
# Longest wait for the next step, in seconds: a stopped clock never reaches it.
PATIENCE = STEP_MS / 1000 + 5


class OtpAllocator:
    """Gives a phone its next time step, and saves it before the phone sends the code."""

    def __init__(
        self,
        memory: Memory,
        clock: GatewayClock,
        *,
        look: Callable[[], object],
        sleep: Callable[[float], None],
        monotonic: Callable[[], float],
    ) -> None:
        """``look`` makes any call to the gateway, whose answer carries the time."""
        self._memory = memory
        self._clock = clock
        self._look = look
        self._sleep = sleep
        self._monotonic = monotonic
        self._taken = (-1, -1)  # the last step taken here, and the last one used before it

    def take(self, enrolment: Enrolment, *, wait: bool, on_wait: Callable[[float], None] | None = None) -> int:
        """Take the oldest unused step that the gateway accepts, or wait for the next one.

        ``on_wait`` is told the seconds once, before waiting. Raises PhoneError ``otp_wait`` instead of
        waiting where ``wait`` is false, and ``clock_moved_back`` where the wait would exceed a step.
        """
        until = self._monotonic() + PATIENCE
        told = False
        while True:
            with self._memory.lock():
                last = self._last_step(enrolment)
                choice = choose_step(self._clock.now_ms(), last)
                if choice.step is not None:
                    self._taken = (choice.step, last)
                    self._memory.save(replace(enrolment, last_step=choice.step))
                    return choice.step
            if choice.wait_ms > STEP_MS:
                raise PhoneError.own(PhoneCode.CLOCK_MOVED_BACK)
            seconds = choice.wait_ms / 1000
            if not wait or self._monotonic() >= until:
                raise PhoneError.own(PhoneCode.OTP_WAIT, seconds=math.ceil(seconds))
            if on_wait is not None and not told:
                on_wait(seconds)
                told = True
            self._sleep(min(seconds, LOOK_EVERY))
            self._look()

    def give_back(self, enrolment: Enrolment, step: int) -> None:
        """Free a refused step that lies in the gateway's future: its clock was set back, and the code was not used."""
        taken, before = self._taken
        if taken != step or step <= step_at(self._clock.now_ms()):
            return
        with self._memory.lock():
            if self._last_step(enrolment) == step:
                self._memory.save(replace(enrolment, last_step=before))

    def _last_step(self, enrolment: Enrolment) -> int:
        """The newest step that this phone, or another program with the same login, has used."""
        saved = self._memory.load()
        if saved is None or saved.device_id != enrolment.device_id:
            raise PhoneError.own(PhoneCode.LOGIN_REPLACED)
        return saved.last_step
