"""Switches QR login off and on at run time, on every worker: for everybody, for a client, or for an account."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Final

import redis
from pydantic import Field, StringConstraints

from gateway.accounts.store import AccountStore
from gateway.control.broadcast import Broadcast
from gateway.control.journal.journal import Journal
from gateway.control.seed.simulation_state import escaped
from gateway.foundation.errors import Refusal
from gateway.foundation.keys import Keys
from gateway.foundation.redis.scripts import redis_faults_as_503
from gateway.http.routes import Answer, Body, Call, Router
from gateway.pairing.qr_switch import Closed
from gateway.pairing.store import TicketStore
from scan_to_login.protocol import Code

_KIND: Final = "qr-login"
_BETWEEN: Final = "\n"  # of the words in Redis; no name holds it

Name = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f\x7f]+$")]


class QrLoginControl:
    """The switch in Redis and in every worker; a reset restores the setting."""

    def __init__(self, client: redis.Redis, keys: Keys, broadcast: Broadcast, tickets: TicketStore) -> None:
        self._redis = client
        self._keys = keys
        self._key = f"{keys.prefix}sim:qr-login"
        self._broadcast = broadcast
        self._tickets = tickets
        broadcast.on(_KIND, self._take_over)
        broadcast.on_subscribed(self.load)

    @property
    def closed(self) -> Closed:
        """The people and clients that cannot log in by QR now."""
        return self._tickets.switch.closed

    def switch(self, closed: Closed) -> None:
        """Set the switch. On return every worker has it, and the tickets that it concerns are cancelled."""
        with redis_faults_as_503():
            self._redis.set(self._key, _BETWEEN.join(closed.words))
        self._broadcast.announce(_KIND, words=closed.words)
        for ticket_id in self._ticket_ids():
            self._tickets.cancel_closed(ticket_id)

    def load(self) -> None:
        """Take over what is in Redis, or else the setting."""
        with redis_faults_as_503():
            kept = self._redis.get(self._key)
        switch = self._tickets.switch
        switch.set(switch.start if kept is None else Closed.of(str(kept).split(_BETWEEN) if kept else ()))

    def _take_over(self, message: dict[str, Any]) -> None:
        self._tickets.switch.set(Closed.of(message["words"]))

    def _ticket_ids(self) -> Iterator[str]:
        begin = self._keys.ticket("")
        if not self.closed.words:
            return
        with redis_faults_as_503():
            for name in self._redis.scan_iter(f"{escaped(begin)}*", count=1000):
                yield str(name).removeprefix(begin)


class QrLoginView(Answer):
    """Who cannot log in by QR."""

    off_for_all: bool
    off_for_clients: list[str] = Field(description="by the name that a client tells, or by the id of a registered one")
    off_for_accounts: list[str] = Field(description="by login name")


class QrLoginBody(Body):
    """Who cannot log in by QR from now on; `{}` switches it on for everybody."""

    off_for_all: bool = False
    off_for_clients: list[Name] = Field(
        [], max_length=100, description="by the name that a client tells, or by the id of a registered one"
    )
    off_for_accounts: list[Name] = Field([], max_length=100, description="by login name, phone or ID number")


def router(control: QrLoginControl, accounts: AccountStore, journal: Journal, prefix: str) -> Router:
    """The room's list of routes."""

    def view() -> QrLoginView:
        closed = control.closed
        return QrLoginView(
            off_for_all=closed.for_all,
            off_for_clients=sorted(closed.clients),
            off_for_accounts=sorted(closed.accounts),
        )

    def read_qr_login(_call: Call) -> QrLoginView:
        """For whom QR login is switched off."""
        return view()

    def login_name_of(identifier: str) -> str:
        account = accounts.find(identifier)
        if account is None:
            raise Refusal(Code.NOT_FOUND, f"There is no account {identifier!r}.")
        return account.login_name

    def set_qr_login(_call: Call, body: QrLoginBody) -> QrLoginView:
        """Switch QR login off and on, until the next reset. The answer comes after the concerned tickets are cancelled.

        Clients that wait are told by `ticket_state` (`cancelled`, reason `login_unavailable`), and every connected
        client by `login_availability`.
        """
        login_names = frozenset(login_name_of(identifier) for identifier in body.off_for_accounts)
        closed = Closed(body.off_for_all, frozenset(body.off_for_clients), login_names)
        control.switch(closed)
        journal.note("QR login was switched", off_for=closed.words)
        return view()

    room = Router("simulation", prefix)
    room.add("GET", "/qr-login", read_qr_login, returns=QrLoginView)
    room.add("PUT", "/qr-login", set_qr_login, body=QrLoginBody, returns=QrLoginView, codes=(Code.NOT_FOUND,))
    return room
