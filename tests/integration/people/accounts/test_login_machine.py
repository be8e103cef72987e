"""Any order of logins, captchas, resets and moves of the clock ends where the rules say: against a model.

The model is the manual's paragraph, the gateway a real one; I6 of SECURITY.md: counts never shrink but by rule.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
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
class Name:
    """The visible state of one name of the account."""

    wrong: int = 0
    captcha_due: bool = False
    locked_until: float = 0


@dataclass
class Model:
    """The expected counts of one account: of each name, and in total (docs/decisions/0018-one-count-a-name.md)."""

    now: float = 0
    tried: int = 0
    closed_until: float = 0
    names: dict[str, Name] = field(default_factory=lambda: defaultdict(Name))
    password: str = "Demo-2019"

    def clear(self) -> None:
        self.tried, self.closed_until = 0, 0
        self.names.clear()

    def expect(self, identifier: str, *, right: bool, captcha: str) -> str:
        """The outcome of a try, and its changes; ``captcha`` is none, right, wrong or old."""
        name = self.names[identifier]
        if self.now < name.locked_until:
            return "account_locked"
        if name.captcha_due:
            if captcha == "none":
                return "captcha_required"
            if captcha != "right":
                return "captcha_invalid"
        evaluated = self.now >= self.closed_until
        if right and evaluated:
            self.clear()
            return "in"
        name.wrong += 1
        name.captcha_due = True
        if name.wrong == 5:
            name.wrong, name.locked_until = 0, self.now + LOCK
        self.tried += evaluated
        if self.tried == 5:
            self.tried, self.closed_until = 0, self.now + LOCK
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
            given = self.outside.captcha(identifier=self.agent[identifier])
            if captcha == "wrong":
                given["answer"] = "####"
            if captcha == "old":
                self._move(301)
        expected = self.model.expect(identifier, right=right, captcha=captcha)
        password = self.model.password if right else "Wrong-1234"
        answer = self.outside.login(self.agent[identifier], password, channel=channel, captcha=given)
        assert ("in" if answer.ok else answer.json()["code"]) == expected
        if expected == "account_locked":
            assert int(answer.headers["Retry-After"]) == pytest.approx(
                self.model.names[identifier].locked_until - self.model.now, abs=1
            )

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

    @rule(
        captcha=st.sampled_from(["none", "right", "wrong"]),
        channel=CHANNELS,
        identifier=st.sampled_from(["login_name", "phone"]),
    )
    def right_password(self, captcha: str, channel: str, identifier: str) -> None:
        self._try(right=True, captcha=captcha, channel=channel, identifier=identifier)

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
        self.model.clear()
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
