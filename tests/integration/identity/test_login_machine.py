"""Any order of logins, captchas, resets and moves of the clock ends where the rules say: against a model.

The model is the manual's paragraph, the gateway a real one; I6 of SECURITY.md: counts never shrink but by rule.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

CHANNELS = st.sampled_from(["phone", "client", "web"])
LOCK = 7_200


@dataclass
class Model:
    """What is known of one account."""

    now: float = 0
    wrong: int = 0
    captcha_due: bool = False
    locked_until: float = 0
    password: str = "Demo-2019"

    @property
    def locked(self) -> bool:
        return self.now < self.locked_until

    def expect(self, *, right: bool, captcha: str) -> str:
        """The outcome of a try, and what it changes; ``captcha`` is none, right, wrong or old."""
        if self.locked:
            return "account_locked"
        if self.captcha_due:
            if captcha == "none":
                return "captcha_required"
            if captcha != "right":
                return "captcha_invalid"
        if right:
            self.wrong, self.captcha_due, self.locked_until = 0, False, 0
            return "in"
        self.wrong += 1
        self.captcha_due = True
        if self.wrong == 5:
            self.wrong, self.locked_until = 0, self.now + LOCK
        return "invalid_credentials"


class LoginMachine(RuleBasedStateMachine):
    """Drives one gateway; each run starts it over."""

    outside: Any

    @initialize()
    def start(self) -> None:
        self.outside.gateway.reset()
        self.outside.freeze()
        self.model = Model()
        self.agent = self.outside.seeded("agent")
        self.phone_token = self.outside.token("agent")
        self.resets = 0

    def _try(self, *, right: bool, captcha: str, channel: str, identifier: str) -> None:
        given: Any = None
        if captcha != "none":
            given = self.outside.captcha()
            if captcha == "wrong":
                given["answer"] = "####"
            if captcha == "old":
                self._move(301)
        expected = self.model.expect(right=right, captcha=captcha)
        password = self.model.password if right else "Wrong-1234"
        answer = self.outside.login(self.agent[identifier], password, channel=channel, captcha=given)
        assert ("in" if answer.ok else answer.json()["code"]) == expected
        if expected == "account_locked":
            assert int(answer.headers["Retry-After"]) == pytest.approx(self.model.locked_until - self.model.now, abs=1)

    def _move(self, seconds: float) -> None:
        self.outside.move(seconds)
        self.model.now += seconds

    @rule(
        captcha=st.sampled_from(["none", "right", "right", "wrong", "old"]),
        channel=CHANNELS,
        identifier=st.sampled_from(["login_name", "phone", "id_number"]),
    )
    def wrong_password(self, captcha: str, channel: str, identifier: str) -> None:
        self._try(right=False, captcha=captcha, channel=channel, identifier=identifier)

    @rule(captcha=st.sampled_from(["none", "right", "wrong"]), channel=CHANNELS)
    def right_password(self, captcha: str, channel: str) -> None:
        self._try(right=True, captcha=captcha, channel=channel, identifier="login_name")

    @rule(channel=CHANNELS)
    def wrong_passwords_until_the_lock(self, channel: str) -> None:
        for _ in range(5):
            self._try(right=False, captcha="right", channel=channel, identifier="phone")

    @rule(seconds=st.sampled_from([1, 60, 299, 3_600, LOCK - 1, LOCK]))
    def time_passes(self, seconds: int) -> None:
        self._move(seconds)

    @precondition(lambda self: self.resets < 3)
    @rule()
    def forgotten_password(self) -> None:
        self.resets += 1
        path = self.outside.reset_path({name: self.agent[name] for name in ("name", "id_type", "id_number")})
        assert self.outside.post(f"{path}/sms-codes").status_code == 202
        new = f"Fresh-{1000 + self.resets}x"
        sms_code = self.outside.sms(self.agent["phone"])
        assert self.outside.post(f"{path}/completion", sms_code=sms_code, new_password=new).status_code == 204
        self.model.password = new
        self.model.wrong, self.model.captcha_due, self.model.locked_until = 0, False, 0
        assert self.outside.get("/app/session", self.phone_token).status_code == 401
        self.phone_token = self.outside.token("agent", new)

    @invariant()
    def a_phone_that_is_logged_in_stays_so(self) -> None:
        if hasattr(self, "phone_token"):
            assert self.outside.get("/app/session", self.phone_token).status_code == 200


@pytest.mark.slow
def test_any_order_of_logins_resets_and_clock_moves_ends_where_the_rules_say(outside: Any) -> None:
    machine = type("Machine", (LoginMachine,), {"outside": outside})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=12,
            stateful_step_count=20,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
