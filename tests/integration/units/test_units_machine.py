"""Grants, revocations, verifications, locks and the clock against a model of DESIGN.md section 5."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
import requests
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from scan_to_login.testing.live import LiveGateway
from tests.integration.units.conftest import RIGHT, WRONG, Caller, Wire, code_of

MINUTE = 60_000
LOCK = 120 * MINUTE
IDLE = 30 * MINUTE
TRIES = 5
PEOPLE = ("agent", "authorized", "newcomer")
UNITS = ("A", "B")


@dataclass
class UnitModel:
    """A unit's count of wrong passwords."""

    wrong: int = 0
    captcha_due: bool = False
    locked_until: int = 0


@dataclass
class SessionModel:
    """A client's session with its verified unit and the reason of the verification."""

    caller: Caller
    seen: int
    unit: str = ""
    authorization_id: str = ""  # empty is by binding


@dataclass
class Model:
    """The expected state."""

    units: dict[str, UnitModel] = field(default_factory=lambda: {unit: UnitModel() for unit in UNITS})
    bound: set[tuple[str, str]] = field(default_factory=lambda: {("agent", "A"), ("agent", "B")})
    # (person, unit): id and the ms at which it ends, 0 for never
    granted: dict[tuple[str, str], tuple[str, int]] = field(default_factory=dict)
    once: set[tuple[str, str]] = field(default_factory=lambda: {("authorized", "A")})
    sessions: dict[str, SessionModel] = field(default_factory=dict)


class Units(RuleBasedStateMachine):
    """Three people, two units, their legal representative, and a clock that stands still between steps."""

    wire: Wire

    @initialize()
    def begin(self) -> None:
        self.wire.gateway.reset()
        self.model = Model()
        # 02:00 in China: a day's end is not near.
        self.now = self.wire.now() // 86_400_000 * 86_400_000 + 86_400_000 - 6 * 60 * MINUTE
        self.wire.set_clock(self.now, frozen=True)
        self.head = self.wire.phone("legal_rep")
        self.phones = {name: self.wire.phone(name) for name in PEOPLE}
        seeded = self.head.authorizations(self.wire.units["A"])[0]["authorization_id"]
        self.model.granted["authorized", "A"] = (seeded, 0)

    @rule(minutes=st.sampled_from((1, 25, 40, 119, 121, 24 * 60)))
    def time_passes(self, minutes: int) -> None:
        self.now += minutes * MINUTE
        self.wire.set_clock(self.now, frozen=True)

    @rule(person=st.sampled_from(PEOPLE), unit=st.sampled_from(UNITS), days=st.sampled_from((None, 0, 1)))
    def grant(self, person: str, unit: str, days: int | None) -> None:
        until = None if days is None else self._day(days)
        answer = self.head.grant(self.wire.units[unit], **self.wire.person(person), valid_until=until)
        if self._authorized(person, unit):
            assert code_of(answer) == "authorization_exists"
            return
        assert answer.status_code == 201, answer.text
        ends = 0 if days is None else self._day_ends(days)
        self.model.granted[person, unit] = (answer.json()["authorization_id"], ends)
        self.model.once.add((person, unit))

    @rule(person=st.sampled_from(PEOPLE), unit=st.sampled_from(UNITS), by_person=st.booleans())
    def end(self, person: str, unit: str, by_person: bool) -> None:
        authorization_id, _ = self.model.granted.get((person, unit), ("none", 0))
        if by_person:
            answer = self.phones[person].send("DELETE", f"/authorizations/{authorization_id}")
        else:
            path = f"/units/{self.wire.units[unit]}/authorizations/{authorization_id}"
            answer = self.head.send("DELETE", path)
        if self._authorized(person, unit):
            assert answer.status_code == 204
            del self.model.granted[person, unit]
        else:
            assert code_of(answer) == "authorization_not_found"

    @rule(
        person=st.sampled_from(PEOPLE),
        unit=st.sampled_from(UNITS),
        password=st.sampled_from((None, WRONG, WRONG, RIGHT)),
        captcha=st.booleans(),
    )
    def verify(self, person: str, unit: str, password: str | None, captcha: bool) -> None:
        session = self._session(person)
        answer = session.caller.verify(self.wire.units[unit], password, captcha=captcha and password is not None)
        expected = self._expected(person, unit, password, captcha)
        assert ("ok" if answer.status_code == 200 else code_of(answer)) == expected, answer.text
        if expected != "ok":
            return
        authorized = self._authorized(person, unit)
        session.unit = unit
        session.authorization_id = self.model.granted[person, unit][0] if authorized else ""

    @rule(unit=st.sampled_from(UNITS))
    def reset_at_the_hall(self, unit: str) -> None:
        """Back and forth, so that the right password is the right one again: unlocks, and ends sessions twice over."""
        for password in ("Other-2026", RIGHT):
            body = {"taxpayer_id": self.wire.units[unit], "new_password": password}
            url = f"{self.wire.url}/sim/v1/hall/declaration-password-resets"
            assert requests.post(url, json=body, timeout=30).status_code == 204
        self.model.units[unit] = UnitModel()
        for name, session in list(self.model.sessions.items()):
            if session.unit == unit and self._alive(session):
                assert session.caller.menu().status_code == 401
                del self.model.sessions[name]

    @invariant()
    def sessions_are_what_the_model_says(self) -> None:
        if not hasattr(self, "model"):
            return
        for name, session in list(self.model.sessions.items()):
            answer = session.caller.menu()
            if not self._alive(session):
                assert answer.status_code == 401
                del self.model.sessions[name]
                continue
            session.seen = self.now
            if self._stands(name, session):
                assert answer.status_code == 200, answer.text
                assert answer.json()["unit"]["taxpayer_id"] == self.wire.units[session.unit]
            else:
                assert code_of(answer) == "unit_verification_required"

    def _expected(self, person: str, unit: str, password: str | None, captcha: bool) -> str:
        """The expected answer of a verification, and its effect on the unit's count."""
        if self._authorized(person, unit):
            return "ok"
        if (person, unit) not in self.model.bound | self.model.once:
            return "unit_not_found"
        if password is None:
            return "declaration_password_required"
        count = self.model.units[unit]
        if self.now < count.locked_until:
            return "unit_locked"
        if count.captcha_due and not captcha:
            return "captcha_required"
        if password == RIGHT:
            self.model.units[unit] = UnitModel()
            self.model.bound.add((person, unit))
            return "ok"
        count.wrong += 1
        count.captcha_due = True
        if count.wrong == TRIES:
            count.wrong, count.locked_until = 0, self.now + LOCK
        return "declaration_password_invalid"

    def _authorized(self, person: str, unit: str) -> bool:
        _, ends = self.model.granted.get((person, unit), ("", 1))
        return ends == 0 or self.now < ends

    def _stands(self, person: str, session: SessionModel) -> bool:
        if not session.unit:
            return False
        if not session.authorization_id:
            return (person, session.unit) in self.model.bound
        same = self.model.granted.get((person, session.unit), ("", 1))[0] == session.authorization_id
        return same and self._authorized(person, session.unit)

    def _alive(self, session: SessionModel) -> bool:
        return self.now < session.seen + IDLE

    def _session(self, person: str) -> SessionModel:
        session = self.model.sessions.get(person)
        if session is None or not self._alive(session):
            session = SessionModel(self.wire.client(person), self.now)
            self.model.sessions[person] = session
        session.seen = self.now
        return session

    def _day(self, days: int) -> str:
        china = datetime.fromtimestamp(self.now / 1000, UTC) + timedelta(hours=8, days=days)
        return china.date().isoformat()

    def _day_ends(self, days: int) -> int:
        china = self.now + 8 * 60 * MINUTE
        return (china // 86_400_000 + days + 1) * 86_400_000 - 8 * 60 * MINUTE


@pytest.mark.slow
def test_any_order_of_steps_leaves_the_gateway_as_the_model_says(gateway: LiveGateway) -> None:
    Units.wire = Wire(gateway)
    run_state_machine_as_test(
        Units,
        settings=settings(max_examples=8, stateful_step_count=20, deadline=None, derandomize=True),
    )
