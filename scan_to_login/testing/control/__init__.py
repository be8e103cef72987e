"""The control plane `/sim/v1` for tests in Python: clock, messages, faults, journal, and waiting without sleeping."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Unpack
from urllib.parse import quote

import requests

from scan_to_login.errors import with_fields
from scan_to_login.protocol import Stage, TicketState
from scan_to_login.testing.control.faults import FaultsOfGateway
from scan_to_login.testing.control.hall import Hall
from scan_to_login.testing.control.locks import LocksOfGateway
from scan_to_login.testing.control.qr_login import QrLoginOfGateway
from scan_to_login.testing.control.shapes import EntryFilter, JournalEntry, SeenSession, SeenTicket

if TYPE_CHECKING:
    from scan_to_login.testing.control.actors import ClientsOfGateway, PhonesOfGateway

PREFIX: Final = "/sim/v1"
_CONNECT_SECONDS: Final = 3.05
_ANSWER_SECONDS: Final = 15.0


class ControlRefused(AssertionError):  # noqa: N818 - a test that sees it has failed
    """The control plane refused, or a wait timed out; the text says which and why.

    ``code`` and ``status`` are the problem document's, ``body`` is the whole document.
    """

    def __init__(self, method: str, path: str, status: int, body: Mapping[str, Any]) -> None:
        said = with_fields(str(body.get("detail", body)), body)
        super().__init__(f"{method} {PREFIX}{path}: {status} {said}")
        self.status = status
        self.code: str | None = body.get("code")
        self.body = dict(body)


class Control:
    """The control plane at ``url``: its calls, and ``clock``, ``sms``, ``faults``, ``journal``, ``hall``, ``locks`` ….

    ``token`` is its setting PAIRING_SIM_TOKEN, where it has one. ``certificate`` is a PEM file to trust, where it
    speaks HTTPS with one of its own. Calls raise ControlRefused, or requests.RequestException without an answer.
    """

    def __init__(self, url: str, token: str = "", certificate: str = "") -> None:
        self.url = url.rstrip("/")
        self.token = token
        self._http = requests.Session()
        self._http.trust_env = False  # no proxy of the environment stands between a test and its gateway
        if certificate:
            self._http.verify = certificate
        if token:
            self._http.headers["Authorization"] = f"Bearer {token}"
        self.clock = ClockOfGateway(self)
        self.sms = SmsOutbox(self)
        self.faults = FaultsOfGateway(self)
        self.journal = JournalOfGateway(self)
        self.hall = Hall(self)
        self.qr_login = QrLoginOfGateway(self)
        self.locks = LocksOfGateway(self)

    def call(
        self,
        method: str,
        path: str,
        *,
        wait: float = 0,
        query: Any = None,
        body: Any = None,
        picture: bytes | None = None,
    ) -> Any:
        """Any call: ``method``, ``path`` below `/sim/v1`, ``query`` without its None values, JSON ``body``.

        ``wait`` is the time in seconds that the call itself may take; ``picture`` is sent in place of a JSON body.
        Returns JSON, a picture's bytes, other text, or None. Raises ControlRefused.
        """
        answer = self._http.request(
            method,
            f"{self.url}{PREFIX}{path}",
            params={name: value for name, value in (query or {}).items() if value is not None},
            json=body,
            data=picture,
            headers={"Content-Type": "image/*"} if picture is not None else None,
            timeout=(_CONNECT_SECONDS, _ANSWER_SECONDS + wait),
        )
        kind = answer.headers.get("Content-Type", "")
        is_json = "json" in kind
        if not answer.ok:
            raise ControlRefused(method, path, answer.status_code, answer.json() if is_json else {})
        if not answer.content:
            return None
        if kind.startswith("image/"):
            return answer.content
        return answer.json() if is_json else answer.text

    @cached_property
    def phones(self) -> PhonesOfGateway:
        """Phones that the gateway holds: `/sim/v1/phones`."""
        from scan_to_login.testing.control.actors import PhonesOfGateway

        return PhonesOfGateway(self)

    @cached_property
    def clients(self) -> ClientsOfGateway:
        """Desktop clients that the gateway holds: `/sim/v1/clients`."""
        from scan_to_login.testing.control.actors import ClientsOfGateway

        return ClientsOfGateway(self)

    def reset(self) -> None:
        """Start over: only the seed's data, the clock set right, no faults."""
        self.call("POST", "/reset")

    def seed(self) -> dict[str, Any]:
        """The people and units of the gateway's start, as a seed."""
        seed: dict[str, Any] = self.call("GET", "/seed")
        return seed

    def account(self, login_name: str) -> dict[str, Any]:
        """The person of the seed with this ``login_name``. Raises ControlRefused ``not_in_seed``."""
        account: dict[str, Any] = self.call("GET", f"/seed/accounts/{quote(login_name, safe='')}")
        return account

    def unit(self, alias: str) -> dict[str, Any]:
        """The unit of the seed with this ``alias`` or taxpayer number. Raises ControlRefused ``not_in_seed``."""
        unit: dict[str, Any] = self.call("GET", f"/seed/units/{quote(alias, safe='')}")
        return unit

    def replace_seed(self, seed: dict[str, Any]) -> None:
        """Start over with the people and units of ``seed``."""
        self.call("PUT", "/seed", body=seed)

    def restore_seed(self) -> None:
        """Start over with the people and units of the gateway's start."""
        self.call("DELETE", "/seed")

    def export_seed(self) -> dict[str, Any]:
        """The present people and units, as a seed."""
        seed: dict[str, Any] = self.call("GET", "/seed/export")
        return seed

    def await_ticket(self, ticket_id: str, state: TicketState | str, timeout: float = 10) -> SeenTicket:
        """The ticket ``ticket_id`` when it has reached ``state`` or a later one.

        Raises ControlRefused if it cannot, or does not in ``timeout`` seconds.
        """
        query = {"ticket": ticket_id, "state": str(state), "timeout": timeout}
        found: SeenTicket = self.call("GET", "/await", wait=timeout, query=query)
        return found

    def await_session(self, account: str, stage: Stage | str = Stage.LOGGED_IN, timeout: float = 10) -> SeenSession:
        """The newest client session of the login name ``account`` that reaches ``stage`` in ``timeout`` seconds."""
        query = {"account": account, "stage": str(stage), "timeout": timeout}
        found: SeenSession = self.call("GET", "/await/session", wait=timeout, query=query)
        return found

    def await_push(self, ticket_id: str, state: TicketState | str, timeout: float = 10) -> JournalEntry:
        """The journal's entry of the push of ``state`` of ``ticket_id`` to a client, within ``timeout`` seconds."""
        query = {"ticket": ticket_id, "state": str(state), "timeout": timeout}
        found: JournalEntry = self.call("GET", "/await/push", wait=timeout, query=query)
        return found

    def captcha_answer(self, captcha_id: str) -> str:
        """The text of the image of the captcha ``captcha_id``."""
        return str(self.call("GET", f"/captchas/{captcha_id}")["answer"])

    def set_captchas(self, always: str | None) -> None:
        """Give every captcha the answer ``always``, until the next reset; None means a new text each."""
        self.call("PUT", "/captchas", body={"always": always})

    def set_public_url(self, url: str | None) -> str:
        """Have the gateway tell clients and phones the address ``url``, until the next reset.

        None: the one of its setting, or the one that each caller calls. Returns the address that this caller is told.
        """
        return str(self.call("PUT", "/public-url", body={"public_url": url})["public_url"])

    def close(self) -> None:
        """Close the connection. Raises nothing."""
        self._http.close()


class ClockOfGateway:
    """The gateway's clock, which decides every deadline. Every call raises ControlRefused."""

    def __init__(self, control: Control) -> None:
        self._control = control

    @property
    def now_ms(self) -> int:
        """The gateway's time in milliseconds since 1970, UTC."""
        return int(self._control.call("GET", "/clock")["now"])

    @property
    def now(self) -> datetime:
        """The same as an aware datetime in UTC."""
        return datetime.fromtimestamp(self.now_ms / 1000, UTC)

    def advance(self, seconds: float = 0, *, minutes: float = 0, hours: float = 0, days: float = 0) -> None:
        """Move it forward by ``seconds``, ``minutes``, ``hours`` and ``days`` together.

        Deadlines that pass have taken effect on return.
        """
        span = timedelta(seconds=seconds, minutes=minutes, hours=hours, days=days)
        self._control.call("POST", "/clock/advance", body={"seconds": span.total_seconds()})

    def set(self, moment: datetime | int, *, frozen: bool = False) -> None:
        """Set it to ``moment``, an aware datetime or milliseconds since 1970; ``frozen`` stops it there."""
        now = moment if isinstance(moment, int) else round(moment.timestamp() * 1000)
        self._control.call("PUT", "/clock", body={"now": now, "frozen": frozen})

    def freeze(self) -> None:
        """Stop it; ``advance`` still moves it."""
        self._control.call("PUT", "/clock", body={"frozen": True})

    def run(self) -> None:
        """Let it run from its present time."""
        self._control.call("PUT", "/clock", body={"frozen": False})

    def sleep(self, seconds: float) -> None:
        """A replacement for ``time.sleep``: ``seconds`` of the gateway's time pass, and the test does not wait."""
        self.advance(seconds)


@dataclass(frozen=True, slots=True)
class Sms:
    """A message that has arrived at a phone; ``at`` in milliseconds of the gateway's clock."""

    message_id: str
    at: int
    phone: str
    purpose: str
    code: str
    text: str


class SmsOutbox:
    """The SMS messages to phones. Every call raises ControlRefused."""

    def __init__(self, control: Control) -> None:
        self._control = control

    def messages(self, phone: str = "") -> list[Sms]:
        """All messages to the number ``phone``, or to all phones, oldest first."""
        found = self._control.call("GET", "/outbox/sms", query={"phone": phone or None})
        return [Sms(**message) for message in found["messages"]]

    def wait_for(self, phone: str, *, after: Sms | None = None, timeout: float = 10) -> Sms:
        """The first message to the number ``phone``, ``after`` another one; waits at most ``timeout`` seconds."""
        query = {"phone": phone, "since": after.message_id if after else None, "timeout": timeout}
        return Sms(**self._control.call("GET", "/await/sms", wait=timeout, query=query))


class JournalOfGateway:
    """Requests, answers, transitions, pushes and faults, in order; secrets are masked.

    ``filters`` are ``kind``, ``ticket`` (its id), ``name``, ``lane``, ``status``. Every call raises ControlRefused.
    """

    def __init__(self, control: Control) -> None:
        self._control = control
        self.since = 0

    def begin(self) -> None:
        """From now on return only later entries."""
        while page := self._page(limit=10_000)["entries"]:
            self.since = page[-1]["seq"]

    def entries(self, **filters: Unpack[EntryFilter]) -> list[JournalEntry]:
        """The entries that match; ``filters`` are kind, ticket, name, lane, status."""
        found: list[JournalEntry] = self._page(limit=10_000, **filters)["entries"]
        return found

    def wait_for(self, timeout: float = 10, **filters: Unpack[EntryFilter]) -> JournalEntry:
        """The first entry that matches, as soon as there is one. Raises AssertionError after ``timeout`` seconds."""
        found = self._page(wait=timeout, limit=1, **filters)["entries"]
        if not found:
            raise AssertionError(f"Within {timeout:g} s the journal got no entry with {filters}.")
        entry: JournalEntry = found[0]
        return entry

    def mermaid(self) -> str:
        """A sequence diagram, in Mermaid."""
        return str(self._control.call("GET", "/journal", query={"since": self.since, "format": "mermaid"}))

    def _page(self, wait: float = 0, **query: Any) -> Any:
        return self._control.call("GET", "/journal", wait=wait, query={"since": self.since, "wait": wait, **query})
