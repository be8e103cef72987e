"""A ticket store on a real Redis with a stopped clock, and its phones and clients."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import pyotp
import redis

from gateway.accounts.model import Person
from gateway.accounts.sessions import Sessions
from gateway.config import Settings
from gateway.foundation.clock import Clock, ClockSetting
from gateway.foundation.errors import Refusal
from gateway.foundation.keys import Keys
from gateway.foundation.secrets import ServerKey, digest, random_id, random_token
from gateway.pairing.model import ACTORS, REASONS, Action, Actor
from gateway.pairing.push import Push
from gateway.pairing.qr_switch import OPEN, Closed
from gateway.pairing.service import PairingService
from gateway.pairing.store import Aim, TicketStore
from scan_to_login.protocol import ClientInfo, Code, SessionKind, TicketReason, TicketState

NOON = 1_800_000_000_000  # a multiple of 30 s, so that it begins a time step
OTP_SECONDS = 30
WORKER = "worker-1"
ADDRESS = "192.0.2.1"
CLIENT: ClientInfo = {"name": "扣缴客户端", "version": "3.1", "device": "PC-7"}
# A refusal may change these: counters of wrong tries, and the time of a session's last use.
PASSING = {"tries", "choices", "returns", "code_tries"}


@dataclass
class Phone:
    """A phone that is logged in."""

    token: str
    device_id: str
    account_id: str
    login_name: str


@dataclass
class Ticket:
    """A ticket, and its client's secret."""

    ticket_id: str
    secret: str
    scanner: Phone | None = None
    targeted: bool = False


@dataclass
class Stage:
    """Everything that one test needs; two phones of two people, and a clock at noon."""

    redis: redis.Redis
    settings: Settings
    keys: Keys
    clock: Clock = field(default_factory=lambda: Clock(ClockSetting(0, NOON)))

    def __post_init__(self) -> None:
        self.phones: list[Phone] = []
        self.server_key = ServerKey(b"k" * 32)
        self.sessions = Sessions(self.redis, self.keys, self.clock, slack_ms=86_400_000)
        self.store = TicketStore(self.redis, self.keys, self.clock, self.settings, slack_ms=86_400_000)
        self.push = Push("", self.keys, self.clock, self.store, WORKER)
        self.service = PairingService(
            self.settings, self.clock, self.store, self.push, self.server_key, "http://gateway.test"
        )
        self.phone = self.new_phone("张三")
        self.other_phone = self.new_phone("李四")
        self._heard = self.redis.pubsub()
        self._heard.subscribe(self.keys.worker_channel(WORKER))
        self._heard.get_message(timeout=5)

    def close(self) -> None:
        """End the subscription."""
        self._heard.close()

    def new_phone(self, name: str) -> Phone:
        """Log a person in on a phone."""
        token, device_id, account_id = random_token(), random_id(), random_id()
        person = Person(account_id, f"login-{account_id[:6]}", name, "resident_id")
        self.sessions.open(token, SessionKind.PHONE, person, seconds=30 * 86_400, address=ADDRESS, device_id=device_id)
        self.phones.append(Phone(token, device_id, account_id, person.login_name))
        return self.phones[-1]

    def pass_time(self, seconds: float) -> None:
        """Move the clock."""
        self.clock.apply(self.clock.advanced(round(seconds * 1000)))

    def code(self, phone: Phone, steps: int = 0) -> str:
        """The phone's one-time code, ``steps`` time steps from now."""
        totp = pyotp.TOTP(self.server_key.otp_secret(phone.token), interval=OTP_SECONDS)
        return totp.generate_otp(self.clock.now_ms() // 1000 // OTP_SECONDS + steps)

    def request(self, replaces: Ticket | None = None, *, targeted: bool = False) -> Ticket:
        """A pending ticket whose client waits at the worker; ``targeted`` at the first phone's account."""
        ticket = Ticket(random_id(), random_token(), targeted=targeted)
        replaced = (replaces.ticket_id, replaces.secret) if replaces else None
        aim = Aim(self.phone.account_id, random_id()) if targeted else None
        self.store.add_ticket(ticket.ticket_id, ticket.secret, CLIENT, ADDRESS, WORKER, replaced, aim=aim)
        return ticket

    def ticket(self, state: TicketState, reason: TicketReason | None = None, *, targeted: bool = False) -> Ticket:
        """A ticket in ``state`` for ``reason``, brought there by the first phone."""
        ticket = self.request(targeted=targeted)
        steps: dict[TicketState, tuple[Action, ...]] = {
            TicketState.PENDING: (),
            TicketState.SCANNED: (Action.SCAN,),
            TicketState.CONFIRMED: (Action.SCAN, Action.CONFIRM),
            TicketState.CLAIMED: (Action.SCAN, Action.CONFIRM, Action.CLAIM),
            TicketState.REJECTED: (Action.SCAN, Action.REJECT),
            TicketState.CANCELLED: (Action.SCAN, Action.CANCEL),
            TicketState.EXPIRED: (Action.SCAN, Action.EXPIRE),
        }
        for action in steps[state]:
            led_by = next((action for action, known in REASONS.items() if known is reason), action)
            self.do(action if action is Action.SCAN else led_by, ACTORS[led_by][0], ticket)
        # A time step later the phone has a fresh code; nothing of the ticket has run out by that.
        self.pass_time(OTP_SECONDS - 1 if state is TicketState.CONFIRMED else OTP_SECONDS)
        if state is TicketState.CONFIRMED:
            self.pass_time(0.5)
        return ticket

    def do(self, action: Action, actor: Actor, ticket: Ticket) -> dict[str, Any] | Code:
        """The store's answer to ``action`` by ``actor``: the state's JSON, or the code of the refusal."""
        try:
            return self._act(action, actor, ticket)
        except Refusal as refusal:
            return refusal.code

    def _act(self, action: Action, actor: Actor, ticket: Ticket) -> dict[str, Any]:
        phone = self.other_phone if actor in (Actor.OTHER_PHONE, Actor.STRANGER_PHONE) else self.phone
        secret = random_token() if actor is Actor.OTHER_CLIENT else ticket.secret
        match action:
            case Action.SCAN:
                return self.service.bind_phone(ticket.ticket_id, phone.token, ADDRESS)
            case Action.CONFIRM:
                number = self.hash(ticket).get("number", "") if ticket.targeted else ""
                return self.service.approve_login(ticket.ticket_id, phone.token, self.code(phone), number, ADDRESS)
            case Action.REJECT:
                return self.service.decline_login(ticket.ticket_id, phone.token, ADDRESS)
            case Action.CANCEL:
                return self.service.abandon_ticket(ticket.ticket_id, secret, ADDRESS)
            case Action.CLAIM:
                return {"session": self.service.exchange_for_token(ticket.ticket_id, secret, "", ADDRESS)[1]}
            case Action.REPLACE:
                self.store.add_ticket(
                    random_id(), random_token(), CLIENT, ADDRESS, WORKER, replaces=(ticket.ticket_id, secret)
                )
                return self._present(ticket)
            case Action.WITHDRAW:
                self.store.withdraw_scanned_by([digest(self.phone.token)])
                return self._present(ticket)
            case Action.EXHAUST:
                for _ in range(self.settings.tickets_confirm_tries):
                    with suppress(Refusal):
                        self.store.mark_confirmed(ticket.ticket_id, phone.token, ADDRESS, 0, "")
                return self._present(ticket)
            case Action.MISCHOOSE:
                if number := self.hash(ticket).get("number"):
                    self.redis.hset(self.keys.ticket(ticket.ticket_id), "choices", f"{number} 1")
                with suppress(Refusal):
                    self.service.approve_login(ticket.ticket_id, phone.token, self.code(phone), "1", ADDRESS)
                return self._present(ticket)
            case Action.MISTYPE:
                self.redis.hset(self.keys.ticket(ticket.ticket_id), "returns", "1")
                for _ in range(self.settings.tickets_claim_code_tries):
                    with suppress(Refusal):
                        self.service.exchange_for_token(ticket.ticket_id, secret, "", ADDRESS, "no code")
                return self._present(ticket)
            case Action.CLOSE:
                self.store.switch.set(Closed(for_all=True))
                self.store.cancel_closed(ticket.ticket_id)
                self.store.switch.set(OPEN)
                return self._present(ticket)
            case Action.EXPIRE:
                deadline = self.hash(ticket).get("expires_at")
                if deadline is not None:
                    self.clock.apply(ClockSetting(0, max(int(deadline), self.clock.now_ms())))
                return self._present(ticket)

    def _present(self, ticket: Ticket) -> dict[str, Any]:
        loaded: dict[str, Any] = json.loads(self.store.present(ticket.ticket_id))
        return loaded

    def hash(self, ticket: Ticket) -> dict[str, str]:
        """The ticket's hash in Redis."""
        found: dict[str, str] = self.redis.hgetall(self.keys.ticket(ticket.ticket_id))
        return found

    def lasting(self, ticket: Ticket) -> dict[str, str]:
        """The same without the fields that a refusal may change."""
        return {name: value for name, value in self.hash(ticket).items() if name not in PASSING}

    def state(self, ticket: Ticket) -> TicketState:
        """The state that Redis holds."""
        return TicketState(self.hash(ticket)["state"])

    def version(self, ticket: Ticket) -> int:
        """The version that Redis holds."""
        return int(self.hash(ticket)["version"])

    def heard(self) -> list[dict[str, Any]]:
        """The publications to the worker since the last call, oldest first."""
        # A publication is on the way before the script's answer is; a marker shows that all have come.
        marker = random_id()
        self.redis.publish(self.keys.worker_channel(WORKER), marker)
        messages: list[dict[str, Any]] = []
        while True:
            message = self._heard.get_message(timeout=5)
            if message is None:
                raise AssertionError("the marker was not heard")
            if message["data"] == marker:
                return messages
            messages.append(json.loads(message["data"][23:]))

    def session_exists(self, token: str) -> bool:
        """Whether there is a session of this token."""
        return bool(self.redis.exists(self.keys.session(digest(token))))

    def client_sessions(self) -> int:
        """The number of client sessions, of all accounts with a phone here."""
        return sum(
            self.redis.hget(self.keys.session(str(held)), "kind") == SessionKind.CLIENT
            for phone in self.phones
            for held in self.redis.smembers(self.keys.account_sessions(phone.account_id))
        )
