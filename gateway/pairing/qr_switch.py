"""The switch of QR login: for everybody, for a client, or for an account.

Each worker holds it in memory, so that an ordinary login asks Redis nothing. The setting ``qr_login_off`` is its start
value; the simulation's control plane changes it on every worker at run time.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, Self

from gateway.foundation.errors import Refusal
from scan_to_login.protocol import Code

ALL: Final = "all"
CLIENT: Final = "client:"
ACCOUNT: Final = "account:"


@dataclass(frozen=True, slots=True)
class Closed:
    """The people and clients that cannot log in by QR."""

    for_all: bool = False
    clients: frozenset[str] = frozenset()  # by the name that a client tells, or by the id of a registered one
    accounts: frozenset[str] = frozenset()  # by login name

    @classmethod
    def of(cls, words: Iterable[str]) -> Self:
        """From ``all``, ``client:NAME`` and ``account:LOGIN_NAME``. Raises ValueError for any other word."""
        clients, accounts, for_all = set(), set(), False
        for word in words:
            if word == ALL:
                for_all = True
            elif word.startswith(CLIENT) and word != CLIENT:
                clients.add(word.removeprefix(CLIENT))
            elif word.startswith(ACCOUNT) and word != ACCOUNT:
                accounts.add(word.removeprefix(ACCOUNT))
            else:
                raise ValueError(word)
        return cls(for_all, frozenset(clients), frozenset(accounts))

    @property
    def words(self) -> list[str]:
        """The same as words, sorted."""
        named = [*(f"{CLIENT}{name}" for name in self.clients), *(f"{ACCOUNT}{name}" for name in self.accounts)]
        return [*([ALL] if self.for_all else []), *sorted(named)]

    @property
    def script_argument(self) -> str:
        """The same for the scripts on tickets, as JSON; empty where QR login is open to everybody."""
        if self == OPEN:
            return ""
        return json.dumps(
            {
                "all": self.for_all,
                "clients": dict.fromkeys(self.clients, True),
                "accounts": dict.fromkeys(self.accounts, True),
            }
        )

    def to_client(self, *names: str) -> bool:
        """Whether a client of one of these names or ids cannot log people in by QR."""
        return self.for_all or not self.clients.isdisjoint(names)


OPEN: Final = Closed()


class QrSwitch:
    """The switch as one worker holds it."""

    def __init__(self, words: Iterable[str]) -> None:
        self.start = Closed.of(words)
        self._closed = self.start
        self.argument = self.start.script_argument
        self.on_change: list[Callable[[Closed], None]] = []

    @property
    def closed(self) -> Closed:
        """The people and clients that cannot log in by QR now."""
        return self._closed

    def set(self, closed: Closed) -> None:
        """Take over another setting, and tell the listeners if it differs."""
        if closed == self._closed:
            return
        self._closed, self.argument = closed, closed.script_argument
        for listener in self.on_change:
            listener(closed)

    def require_open(self, *client: str) -> None:
        """Raise ``login_unavailable`` if a client of one of these names or ids cannot log people in by QR."""
        if self._closed.to_client(*client):
            raise Refusal(Code.LOGIN_UNAVAILABLE)
