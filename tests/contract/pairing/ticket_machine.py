"""One ticket, its two phones and two clients, and the expected state beside the real one."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from gateway.foundation.errors import Refusal
from gateway.pairing.model import UNAWARE, Action, Actor, decide
from gateway.pairing.number_matching import claim_code
from gateway.pairing.qr_switch import OPEN, Closed
from scan_to_login.protocol import LIVE_STATES, Code, TicketReason, TicketState
from tests.contract.pairing.screens import screen
from tests.contract.stage import ADDRESS, CLIENT, Phone, Stage, Ticket

LIFETIMES = {TicketState.PENDING: 120_000, TicketState.SCANNED: 60_000, TicketState.CONFIRMED: 30_000}
TOTAL = 300_000


class TicketMachine(RuleBasedStateMachine):
    """Keeps the expected ticket beside the real one."""

    make: Callable[..., Stage]
    targeted = False  # at the account of the first phone
    mode = "show"
    rotating = False

    def __init__(self) -> None:
        super().__init__()
        self.stage = self.make(number_matching=self.mode, rotating_qr=self.rotating)
        self.lifetimes = LIFETIMES | ({TicketState.CONFIRMED: 60_000} if self.mode == "return" else {})
        self.ticket: Ticket = self.stage.request(targeted=self.targeted)
        self.state = TicketState.PENDING
        self.version = 1
        self.owner: Phone | None = None
        self.began = self.stage.clock.now_ms()
        self.deadline = self.began + LIFETIMES[TicketState.PENDING]
        self.told: list[tuple[str, int]] = []
        self.step = 1
        self.wrong_codes = 0
        self.wrong_claims = 0
        self.sessions = 0

    def teardown(self) -> None:
        """Remove the listener."""
        self.stage.close()

    def moved(self, to: TicketState) -> None:
        """Note a change, once."""
        if to is self.state:
            return
        self.state = to
        self.version += 1
        self.told.append((to.value, self.version))
        if to in self.lifetimes:
            self.deadline = min(self.stage.clock.now_ms() + self.lifetimes[to], self.began + TOTAL)

    def settled(self) -> None:
        """A live ticket past its deadline expires before the next step."""
        if self.state in LIVE_STATES and self.stage.clock.now_ms() >= self.deadline:
            self.moved(TicketState.EXPIRED)

    def act(self, action: Action, actor: Actor, call: Callable[[], object], *, stale: bool = False) -> None:
        """Do it, and hold the answer against the table; with a ``stale`` frame no phone gets the ticket."""
        if actor not in UNAWARE:
            self.settled()
        reason = self.stage.hash(self.ticket).get("reason")
        expected = decide(self.state, action, actor, TicketReason(reason) if reason else None)
        if stale and expected is TicketState.SCANNED and self.state is TicketState.PENDING:
            expected = Code.QR_STALE
        try:
            call()
            answer: TicketState | Code = self.stage.state(self.ticket)
        except Refusal as refusal:
            answer = refusal.code
        assert answer == expected
        if isinstance(expected, TicketState):
            self.moved(expected)

    def actor(self, phone: Phone) -> Actor:
        """The actor of a phone: the one that scanned, or another; of another account than the target, a stranger."""
        if self.targeted and phone is self.stage.other_phone:
            return Actor.STRANGER_PHONE
        return Actor.SCANNER if self.owner in (None, phone) else Actor.OTHER_PHONE

    phones = st.booleans()

    def chosen(self, *, first: bool) -> Phone:
        """One of the two phones."""
        return self.stage.phone if first else self.stage.other_phone

    @rule(first=phones)
    def scan(self, first: bool) -> None:
        """Either phone scans the client's screen."""
        self.scan_with(screen(self.stage, self.ticket).frame() if self.rotates else "", first=first, stale=False)

    @property
    def rotates(self) -> bool:
        """Whether this ticket's QR does: nobody scans a targeted one."""
        return self.rotating and not self.targeted

    def scan_with(self, frame: str, *, first: bool, stale: bool) -> None:
        """A scan with this frame; the first phone to succeed owns the ticket."""
        phone = self.chosen(first=first)
        self.act(
            Action.SCAN,
            self.actor(phone),
            lambda: self.stage.service.bind_phone(self.ticket.ticket_id, phone.token, ADDRESS, frame),
            stale=stale,
        )
        if self.state is TicketState.SCANNED and self.owner is None:
            self.owner = phone

    @rule(first=phones)
    def confirm(self, first: bool) -> None:
        """Either phone confirms with a fresh code, and the number that the client shows."""
        phone = self.chosen(first=first)
        self.step += 1
        number = self.stage.hash(self.ticket).get("number", "")
        self.act(
            Action.CONFIRM,
            self.actor(phone),
            lambda: self.stage.store.mark_confirmed(self.ticket.ticket_id, phone.token, ADDRESS, self.step, number),
        )

    @precondition(lambda self: self.state is TicketState.SCANNED)
    @rule()
    def confirm_with_a_wrong_code(self) -> None:
        """The scanner mistypes."""
        if self.owner is None or self.stage.clock.now_ms() >= self.deadline:
            return
        with pytest.raises(Refusal) as refused:
            self.stage.store.mark_confirmed(self.ticket.ticket_id, self.owner.token, ADDRESS, 0, "")
        assert refused.value.code is Code.OTP_INVALID
        self.wrong_codes += 1
        if self.wrong_codes == 5:
            self.moved(TicketState.REJECTED)

    @precondition(lambda self: self.state is TicketState.SCANNED and self.mode == "choose")
    @rule()
    def choose_a_decoy(self) -> None:
        """The scanner chooses a number that the client does not show."""
        if self.owner is None or self.stage.clock.now_ms() >= self.deadline:
            return
        kept = self.stage.hash(self.ticket)
        decoy = next(number for number in kept["choices"].split() if number != kept["number"])
        self.step += 1
        with pytest.raises(Refusal) as refused:
            self.stage.store.mark_confirmed(self.ticket.ticket_id, self.owner.token, ADDRESS, self.step, decoy)
        assert refused.value.code is Code.NUMBER_MISMATCH
        self.moved(TicketState.REJECTED)
        assert self.stage.hash(self.ticket)["reason"] == TicketReason.WRONG_NUMBER

    @precondition(lambda self: self.state is TicketState.CONFIRMED and self.mode == "return")
    @rule(typed=st.booleans())
    def claim_without_the_code(self, typed: bool) -> None:
        """The client types other digits than the phone shows, or none."""
        if self.stage.clock.now_ms() >= self.deadline:
            return
        with pytest.raises(Refusal) as refused:
            self.claim_with("no code" if typed else "")
        assert refused.value.code is (Code.CLAIM_CODE_INVALID if typed else Code.CLAIM_CODE_REQUIRED)
        self.wrong_claims += typed
        if self.wrong_claims == 3:
            self.moved(TicketState.REJECTED)

    def claim_with(self, code: str, secret: str = "") -> None:
        """A claim by the ticket's client, unless another ``secret`` is given."""
        self.stage.service.exchange_for_token(self.ticket.ticket_id, secret or self.ticket.secret, "", ADDRESS, code)

    @rule(first=phones)
    def reject(self, first: bool) -> None:
        """Either phone rejects."""
        phone = self.chosen(first=first)
        self.act(
            Action.REJECT,
            self.actor(phone),
            lambda: self.stage.store.mark_rejected(self.ticket.ticket_id, phone.token, ADDRESS),
        )

    @rule(own=st.booleans())
    def cancel(self, own: bool) -> None:
        """The client cancels, or another tries to."""
        self.act(
            Action.CANCEL,
            Actor.CLIENT if own else Actor.OTHER_CLIENT,
            lambda: self.stage.store.mark_cancelled(self.ticket.ticket_id, self.ticket.secret if own else "x", ADDRESS),
        )

    @rule(own=st.booleans())
    def claim(self, own: bool) -> None:
        """The client claims, or another tries to."""
        before = self.state
        self.act(
            Action.CLAIM,
            Actor.CLIENT if own else Actor.OTHER_CLIENT,
            lambda: self.claim_with(
                claim_code(self.stage.server_key, self.ticket.ticket_id), self.ticket.secret if own else "x"
            ),
        )
        self.sessions += before is not self.state and self.state is TicketState.CLAIMED

    @rule()
    def look(self) -> None:
        """The gateway's timer looks at the ticket."""
        self.settled()
        self.stage.store.present(self.ticket.ticket_id)

    @rule(seconds=st.sampled_from([0.5, 2, 15, 29.999, 30, 59.999, 60, 120]))
    def time_passes(self, seconds: float) -> None:
        """The clock moves on."""
        self.stage.pass_time(seconds)

    @rule(whose=st.sampled_from(["all", "this client", "another client", "the scanner", "the other phone"]))
    def switch_off(self, whose: str) -> None:
        """QR login is switched off and on again: a live ticket that it concerns is cancelled, no other changes."""
        owner = self.owner or self.stage.phone
        other = self.stage.other_phone if owner is self.stage.phone else self.stage.phone
        closed = {
            "all": Closed(for_all=True),
            "this client": Closed(clients=frozenset({CLIENT["name"]})),
            "another client": Closed(clients=frozenset({"another"})),
            "the scanner": Closed(accounts=frozenset({owner.login_name})),
            "the other phone": Closed(accounts=frozenset({other.login_name})),
        }[whose]
        concerned = whose in ("all", "this client") or (whose == "the scanner" and self.owner is not None)
        self.stage.store.switch.set(closed)
        if concerned:
            self.settled()
            self.refused_while_off(owner)
        self.stage.store.cancel_closed(self.ticket.ticket_id)
        self.stage.store.switch.set(OPEN)
        if concerned and self.state in LIVE_STATES:
            self.moved(TicketState.CANCELLED)
            assert self.stage.hash(self.ticket)["reason"] == TicketReason.LOGIN_UNAVAILABLE

    def refused_while_off(self, phone: Phone) -> None:
        """A phone that has no answer to repeat is told so, before anything else about the ticket."""
        with pytest.raises(Refusal) as refused:
            self.stage.store.mark_scanned(self.ticket.ticket_id, phone.token, ADDRESS)
        assert refused.value.code is Code.LOGIN_UNAVAILABLE

    @rule()
    def refresh(self) -> None:
        """The client asks for another ticket in place of this one; the rest is about the new one."""
        old, before = self.ticket, self.state
        self.settled()
        after = TicketState.CANCELLED if self.state in (TicketState.PENDING, TicketState.SCANNED) else self.state
        self.moved(after)
        self.ticket = self.stage.request(replaces=old, targeted=self.targeted)
        assert self.stage.state(old) is (after if before in LIVE_STATES else before)
        assert [(event["state"], event["version"]) for event in self.stage.heard()] == self.told
        self.told.clear()
        self.state, self.version, self.owner = TicketState.PENDING, 1, None
        self.began = self.stage.clock.now_ms()
        self.deadline = self.began + LIFETIMES[TicketState.PENDING]
        self.wrong_codes = self.wrong_claims = 0

    @invariant()
    def redis_holds_what_the_table_says(self) -> None:
        """State and version; the publications are exactly the changes; no session without a claim."""
        assert self.stage.state(self.ticket) is self.state
        assert self.stage.version(self.ticket) == self.version
        assert [(event["state"], event["version"]) for event in self.stage.heard()] == self.told
        self.told.clear()
        assert self.stage.client_sessions() == self.sessions
