"""Logins from remembered computers, stolen and old tokens, *this wasn't me* and the clock, in any order: a model."""

from __future__ import annotations

from dataclasses import dataclass, field

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

from scan_to_login.testing.live import LiveGateway
from tests.integration.pairing.computers import ask, computers, login_by_computer, login_by_scan
from tests.integration.wire import Wire

DAY = 86_400
REMEMBERED = 30 * DAY
IDLE = 30 * 60
PAUSE = 90  # seconds after a login: its phone has a fresh code, and no limit of ten minutes is near


@dataclass
class Login:
    """One login: its session, and the message that tells its person of it."""

    session: str
    message_id: str
    seen: float
    disowned: bool = False


@dataclass
class Computer:
    """A computer that was remembered; ``tokens`` are all that it has had, the last one is good."""

    tokens: list[str]
    logins: list[Login] = field(default_factory=list)
    used: float = 0
    forgotten: bool = False


class RememberedMachine(RuleBasedStateMachine):
    """One person with a phone, and the computers that they have had remembered."""

    gateway: LiveGateway

    @initialize()
    def begin(self) -> None:
        self.gateway.reset()
        self.wire = Wire(self.gateway.url)
        self.gateway.control.clock.freeze()
        self.began = self.wire.now_ms()
        self.phone = self.wire.phone()
        self.computers: list[Computer] = []
        for number in range(2):
            self.log_in_by_scan()
            for _ in range(number):
                self.log_in_by_computer(number)

    @property
    def now(self) -> float:
        """Seconds since the beginning."""
        return (self.wire.now_ms() - self.began) / 1000

    def alive(self, computer: Computer) -> bool:
        """Whether it may ask for a login."""
        return not computer.forgotten and self.now < computer.used + REMEMBERED

    def chosen(self, which: int) -> Computer:
        """One of the computers."""
        return self.computers[which % len(self.computers)]

    def note_login(self, computer: Computer, told: dict[str, str]) -> None:
        """Note a login that has just been claimed."""
        shown = self.wire.call("GET", "/app/messages", self.phone.token).body["messages"]
        newest = [one for one in shown if one["notice"] == "login"][-1]
        assert (newest["in_force"], newest["current"]) == (True, False)
        computer.tokens.append(told["remembered"])
        computer.used = self.now
        computer.logins.append(Login(told["access_token"], newest["message_id"], self.now))
        self.wire.advance(PAUSE)

    whose = st.integers(0, 2)

    @precondition(lambda self: len(self.computers) < 3)
    @rule()
    def log_in_by_scan(self) -> None:
        """The computer is remembered."""
        self.computers.append(Computer([]))
        self.note_login(self.computers[-1], login_by_scan(self.wire, self.phone))

    @rule(whose=whose)
    def log_in_by_computer(self, whose: int) -> None:
        """It asks the phone, and gets another token."""
        computer = self.chosen(whose)
        if not self.alive(computer):
            assert ask(self.wire, computer.tokens[-1]).code == "remembered_invalid"
            return
        self.note_login(computer, login_by_computer(self.wire, self.phone, computer.tokens[-1]))
        assert len(set(computer.tokens)) == len(computer.tokens)

    @rule(whose=whose, before=st.integers(2, 3))
    def use_an_old_token(self, whose: int, before: int) -> None:
        """The one before shows that two hold it: the computer is forgotten. An older one is as good as a guess."""
        computer = self.chosen(whose)
        if len(computer.tokens) < before:
            return
        assert ask(self.wire, computer.tokens[-before]).code == "remembered_invalid"
        computer.forgotten |= before == 2

    @rule(whose=whose, client=st.sampled_from([{"device": "PC-8"}, {"name": "another program"}]))
    def use_a_token_elsewhere(self, whose: int, client: dict[str, str]) -> None:
        """Another computer's token is worth nothing, and stays good where it belongs."""
        computer = self.chosen(whose)
        assert ask(self.wire, computer.tokens[-1], **client).code == "remembered_invalid"

    @rule(whose=whose)
    def forget(self, whose: int) -> None:
        """The person has the phone forget it."""
        computer = self.chosen(whose)
        gone = computer.forgotten
        answer = self.wire.call("DELETE", f"/app/remembered-computers/{computer.tokens[0][:22]}", self.phone.token)
        assert answer.status == (404 if gone else 204)
        computer.forgotten = True

    @rule(whose=whose, newest=st.booleans())
    def disown(self, whose: int, newest: bool) -> None:
        """*This wasn't me*: that session ends, and after the newest login the computer is forgotten."""
        computer = self.chosen(whose)
        login = computer.logins[-1 if newest else 0]
        answer = self.wire.call("POST", f"/app/messages/{login.message_id}/disown", self.phone.token)
        assert answer.status == 200
        assert answer.body["ended"] is self.lasts(login)
        login.disowned = True
        computer.forgotten |= login is computer.logins[-1]

    @rule(seconds=st.sampled_from([60, IDLE - 1, IDLE, 29 * DAY, REMEMBERED]))
    def time_passes(self, seconds: int) -> None:
        """The clock moves on; after a month the person logs in on the phone again."""
        self.wire.advance(seconds)
        if seconds >= DAY:
            self.phone = self.wire.phone()

    def lasts(self, login: Login) -> bool:
        """Whether the login's session is in force."""
        return not login.disowned and self.now < login.seen + IDLE

    @invariant()
    def the_phone_lists_those_that_may_ask(self) -> None:
        """And no others."""
        listed = {one["remembered_id"] for one in computers(self.phone)}
        assert listed == {computer.tokens[-1][:22] for computer in self.computers if self.alive(computer)}

    @invariant()
    def sessions_last_until_they_are_disowned(self) -> None:
        """Each use prolongs them."""
        for login in (login for computer in self.computers for login in computer.logins):
            lasts = self.lasts(login)
            assert self.wire.call("GET", "/session", f"Bearer {login.session}").status == (200 if lasts else 401)
            if lasts:
                login.seen = self.now


@pytest.mark.slow
def test_any_order_of_logins_and_forgetting_ends_as_the_model_says(gateway: LiveGateway) -> None:
    machine = type("Machine", (RememberedMachine,), {"gateway": gateway})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=10,
            stateful_step_count=15,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
