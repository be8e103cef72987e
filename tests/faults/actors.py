"""Actors that log in again and again while a gateway is being broken, and record all that they are answered.

Each has a client and a phone of its own, the classes that the packages ship. An operation without an answer or with
503 is repeated until it is answered, as a person would; what the gateway refuses for another reason than time is lost.
"""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, Final, Literal

import requests

from app_simulator.errors import PhoneCode, PhoneError
from app_simulator.phone import Phone
from client_stub.client import Client
from client_stub.errors import ClientError
from client_stub.model import Ticket
from scan_to_login.protocol import Code, TicketState
from tests.faults.transports import TRANSPORTS, TransportName
from tests.history import History

GIVE_UP_SECONDS: Final = 180.0
PAUSE_SECONDS: Final = 0.1
WRONG_CODES_REJECT: Final = 5  # PAIRING_TICKETS_CONFIRM_TRIES
ACCOUNTS: Final = ("legal_rep", "finance", "agent", "single")

Ending = Literal["claim", "reject", "cancel", "replay", "steal"]
_ENDINGS: Final[tuple[tuple[Ending, int], ...]] = (
    ("claim", 80), ("reject", 5), ("cancel", 5), ("replay", 5), ("steal", 5),
)  # fmt: skip

# Lifetimes on a clock that runs sixty times as fast as the machine's. A lock outlasts every run: that one holds is an
# invariant, and a lock of two hours would end by right after two minutes.
LIFETIMES: Final = {
    f"PAIRING_TICKETS_{name}_SECONDS": str(seconds)
    for name, seconds in {
        "PENDING": 1_200, "SCANNED": 1_200, "CONFIRMED": 1_200, "TOTAL": 3_600, "CLAIM_REPEAT": 3_600,
    }.items()
} | {"PAIRING_LOGIN_LOCK_SECONDS": str(30 * 86_400)}  # fmt: skip

# The clock was moved on: the ticket or the one-time code is too old now, and the login is begun again.
_TOO_LATE: Final = {Code.TICKET_EXPIRED, "timed_out"}
_CODE_SPENT: Final = {PhoneCode.OTP_WAIT, PhoneCode.CLOCK_MOVED_BACK, Code.OTP_INVALID}
_LOGIN_ENDED: Final = {
    Code.UNAUTHENTICATED,
    Code.OTP_TRIES_EXHAUSTED,
    PhoneCode.LOGIN_REPLACED,
    PhoneCode.NOT_LOGGED_IN,
}


class Again(Exception):  # noqa: N818 - no error: the login is begun again
    """The ticket or the phone's login ran out while the clock was moved."""


class Crowd:
    """Actors on several kinds of connection in turn, until so many logins are finished."""

    def __init__(
        self,
        url: str,
        *,
        actors: int,
        seed: int,
        verify: bool | str = True,
        transports: Sequence[TransportName] = ("websocket", "REST poll"),
    ) -> None:
        self.transports = transports
        self.history = History()
        self.url = url
        self.verify = verify
        self.endings: Counter[str] = Counter()
        self.lost: list[str] = []
        self.on_loss: Callable[[], str] = str  # tells what was going on
        self.stopping = threading.Event()
        self._progress = threading.Condition()
        self._actors = [Actor(self, number, random.Random(seed * 1000 + number)) for number in range(actors)]

    @property
    def finished(self) -> int:
        """How many logins have come to the end that their actor meant them to have."""
        return sum(self.endings.values())

    def start(self) -> None:
        """Let all begin."""
        for actor in self._actors:
            actor.thread.start()

    def wait_for(self, finished: int, seconds: float) -> bool:
        """Whether so many logins are finished within ``seconds``, and none was lost meanwhile."""
        with self._progress:
            self._progress.wait_for(lambda: self.lost or self.finished >= finished, seconds)
            return self.finished >= finished and not self.lost

    def stop(self) -> None:
        """Let the logins that are under way end, and begin no more."""
        self.stopping.set()
        for actor in self._actors:
            actor.thread.join(3 * GIVE_UP_SECONDS)
            assert not actor.thread.is_alive(), f"actor {actor.number} did not come to an end"

    def note(self, ending: str) -> None:
        """A login has ended as it was meant to."""
        with self._progress:
            self.endings[ending] += 1
            self._progress.notify_all()

    def lose(self, sentence: str) -> None:
        """A login was refused that should have gone through."""
        with self._progress:
            self.lost.append(f"{sentence}\n{self.on_loss()}")
            self._progress.notify_all()


class Actor:
    """One client and one phone."""

    def __init__(self, crowd: Crowd, number: int, choices: random.Random) -> None:
        self.number = number
        self.thread = threading.Thread(target=self._work, name=f"actor-{number}", daemon=True)
        self._crowd = crowd
        self._choices = choices
        self._account = ACCOUNTS[number % len(ACCOUNTS)]
        self._transport = crowd.transports[number % len(crowd.transports)]
        self._phone = Phone(crowd.url, timeout=(5.0, 10.0), verify=crowd.verify)
        self._doing = ""

    def _work(self) -> None:
        with TRANSPORTS[self._transport](self._crowd.url, verify=self._crowd.verify) as client, self._phone:
            endings, weights = zip(*_ENDINGS, strict=True)
            while not self._crowd.stopping.is_set() and not self._crowd.lost:
                ending = self._choices.choices(endings, weights)[0]
                try:
                    self._login(client, ending)
                except Again:
                    continue
                except (ClientError, PhoneError, AssertionError, requests.RequestException) as error:
                    code = getattr(error, "code", "")
                    self._crowd.lose(
                        f"actor {self.number} ({self._transport}), {self._doing} for {ending}: {code} {error!r}"
                    )
                    return
                self._crowd.note(ending)

    def _login(self, client: Client, ending: Ending) -> None:
        if not self._phone.logged_in:
            self._call("enrol", "", lambda: self._phone.login(self._account, "Demo-2019"))
        ticket: Ticket = self._call("request", "", client.request_ticket)
        stop_listening = client.subscribe(self._note)
        try:
            page = self._call("scan", ticket.ticket_id, lambda: self._phone.scan(ticket.qr))
            if ending == "reject":
                self._call("reject", ticket.ticket_id, lambda: self._phone.reject(page))
                self._learns(client, ticket.ticket_id, TicketState.REJECTED)
                return
            if ending == "cancel":
                self._call("cancel", ticket.ticket_id, client.cancel)
                return
            self._confirm(ticket.ticket_id)
            self._call("read", ticket.ticket_id, lambda: self._read(ticket))
            self._learns(client, ticket.ticket_id, TicketState.CONFIRMED)
        finally:
            stop_listening()
        if ending == "steal":
            self._refused(Code.TICKET_NOT_FOUND, ticket.ticket_id, "A" * 43, "thief")
        self._call("claim", ticket.ticket_id, lambda: self._claim(client))
        if ending == "replay":
            self._refused(Code.TICKET_SPENT, ticket.ticket_id, ticket.claim_secret, "another")

    def _confirm(self, ticket_id: str) -> None:
        """Confirm with the next one-time code, when the clock's next step brings one."""
        give_up = time.monotonic() + GIVE_UP_SECONDS
        while True:
            try:
                self._call("confirm", ticket_id, lambda: self._phone.confirm(ticket_id, wait=False))
            except PhoneError as error:
                if error.code == Code.TICKET_REJECTED and self._wrong_codes(ticket_id) >= WRONG_CODES_REJECT:
                    self._crowd.history.hear(ticket_id, TicketState.REJECTED)
                    raise Again from None
                if error.code not in _CODE_SPENT or time.monotonic() > give_up:
                    raise
                if self._crowd.stopping.wait(PAUSE_SECONDS):
                    raise Again from None  # nobody moves the clock on any more
                self._call("look", "", self._phone.whoami)
            else:
                return

    def _wrong_codes(self, ticket_id: str) -> int:
        """How many codes the gateway may have refused: on a busy machine they are too old when they arrive."""
        return sum(
            one.code == Code.OTP_INVALID or (one.outcome == "unknown" and one.code not in _CODE_SPENT)
            for one in self._crowd.history.operations
            if one.ticket_id == ticket_id and one.name == "confirm"
        )

    def _learns(self, client: Client, ticket_id: str, state: TicketState) -> None:
        """Wait for the push; that it came in time is the history's to check."""
        try:
            client.wait_for(state, GIVE_UP_SECONDS)
        except ClientError as error:
            if error.code == Code.TICKET_EXPIRED:
                self._crowd.history.hear(ticket_id, TicketState.EXPIRED)
            if error.code in _TOO_LATE:
                raise Again from None
            raise
        # The subscription is told by a thread of its own, perhaps only after it was ended.
        self._crowd.history.hear(ticket_id, state)

    def _claim(self, client: Client) -> dict[str, str]:
        login = client.claim()
        return {"session": login.access_token, "account": str(login.account.login_name)}

    def _refused(self, code: Code, ticket_id: str, secret: str, key: str) -> None:
        """A claim that must not succeed: by a stranger, or once more."""
        path = f"{self._crowd.url}/api/v1/tickets/{ticket_id}/claim"
        headers = {"Authorization": f"Ticket {secret}", "Idempotency-Key": key}

        def once() -> requests.Response:
            return requests.post(path, headers=headers, timeout=10, verify=self._crowd.verify)

        answer = self._until_answered(lambda: _not_passing(once()))
        told = answer.json().get("code")
        # A ticket whose tombstone is gone is unknown: the clock is moved on by minutes.
        assert told in (code, Code.TICKET_EXPIRED, Code.TICKET_NOT_FOUND, Code.RATE_LIMITED), answer.text

    def _read(self, ticket: Ticket) -> dict[str, Any]:
        """The ticket's state, asked for by a caller that has not waited."""
        answer = requests.get(
            f"{self._crowd.url}/api/v1/tickets/{ticket.ticket_id}",
            headers={"Authorization": f"Ticket {ticket.claim_secret}"},
            timeout=10,
            verify=self._crowd.verify,
        )
        body: dict[str, Any] = answer.json()
        if not answer.ok:
            raise ClientError(body["code"], body["detail"], answer.status_code)
        return body

    def _note(self, told: Any) -> None:
        if hasattr(told, "state") and hasattr(told, "ticket_id"):
            self._crowd.history.hear(told.ticket_id, str(told.state))

    def _call(self, name: str, ticket_id: str, make: Callable[[], Any]) -> Any:
        self._doing = name
        try:
            return self._until_answered(lambda: self._crowd.history.call(name, ticket_id, self._account, make))
        except (ClientError, PhoneError) as error:
            if error.code in _LOGIN_ENDED:
                self._phone.forget()
                raise Again from None
            if error.code in _TOO_LATE:
                # The clock was moved past its end: this client asks again and no longer waits for that ticket.
                self._crowd.history.hear(ticket_id, TicketState.EXPIRED)
                raise Again from None
            raise

    def _until_answered(self, make: Callable[[], Any]) -> Any:
        give_up = time.monotonic() + GIVE_UP_SECONDS
        while True:
            try:
                return make()
            except (ClientError, PhoneError, requests.RequestException) as error:
                passing = getattr(error, "status", None) in (None, 429, 503) and not _own_refusal(error)
                if not passing or time.monotonic() > give_up:
                    raise
                time.sleep(PAUSE_SECONDS)


def _own_refusal(error: Exception) -> bool:
    """Whether the actor itself found that time must pass: that is no silence of the gateway."""
    code = getattr(error, "code", "")
    return code in _CODE_SPENT or code in _LOGIN_ENDED or code in _TOO_LATE or code.startswith("qr_")


def _not_passing(answer: requests.Response) -> requests.Response:
    if answer.status_code in (429, 503):
        raise requests.ConnectionError(f"{answer.status_code}: to be repeated")
    return answer
