"""Whole logins under load, each step repeated until it is answered, everything recorded."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from itertools import count
from typing import Any

import requests

from app_simulator.errors import PhoneError
from app_simulator.phone import Phone
from client_stub.client import Client, Transport
from client_stub.errors import ClientError
from client_stub.model import Ticket
from tests.history import History
from tests.integration.machine import MachineDelay

GIVE_UP_SECONDS = 20.0
PAUSE_SECONDS = 0.05
# A device has two one-time codes at a time: the present one and the one before.
CODES_OF_A_PHONE = 2
ACCOUNTS = ("legal_rep", "finance", "agent", "single")


class Logins:
    """Logs in again and again, from several threads, until told to stop.

    ``phones`` are enrolled beforehand; when their one-time codes are used up, new ones are enrolled.
    """

    def __init__(self, url: str, *, threads: int, phones: int, transport: Transport = "websocket") -> None:
        self.history = History()
        self.begun = 0
        self.finished: list[float] = []
        self.lost: list[str] = []
        self._url = url
        self._transport = transport
        self._number = count()
        self._lock = threading.Lock()
        self._phones: list[Phone] = []
        self._free: list[tuple[Phone, str, int]] = []
        for _ in range(phones):
            self._enrol()
        self._delay = MachineDelay()
        self._stop = threading.Event()
        self._progress = threading.Condition()
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(threads)]

    def start(self) -> None:
        """Begin."""
        self._delay.__enter__()
        for thread in self._threads:
            thread.start()

    def wait_for(self, finished: int, seconds: float = 60.0) -> None:
        """Wait until so many have gone through."""
        with self._progress:
            assert self._progress.wait_for(lambda: len(self.finished) >= finished, seconds), self.lost

    def stop(self) -> None:
        """Let those that have begun come to their end, and begin no more."""
        self._stop.set()
        for thread in self._threads:
            thread.join(2 * GIVE_UP_SECONDS)
        for phone in self._phones:
            phone.close()
        self._delay.__exit__()

    def violations(self, *, healed_at: float) -> list[str]:
        """The violations of the history, after allowance for this machine's own delays."""
        return self.history.violations(healed_at=healed_at, late_by=self._delay.late_by)

    def first_after(self, moment: float) -> float:
        """When the first call that was sent after ``moment`` was answered: the fault was over then."""
        ended = [one.ended for one in self.history.operations if one.began > moment and one.outcome == "ok"]
        return min(ended, default=moment)

    def _work(self) -> None:
        with Client(self._url, transport=self._transport) as client:
            while not self._stop.is_set():
                phone, account, codes = self._take()
                try:
                    self._login(client, phone, account)
                except (ClientError, PhoneError) as error:
                    self.lost.append(f"{type(error).__name__} {error.code}: {error}")
                if codes > 1:
                    with self._lock:
                        self._free.append((phone, account, codes - 1))
                with self._progress:
                    self._progress.notify_all()

    def _take(self) -> tuple[Phone, str, int]:
        """A free phone (its codes count upwards), its account, and the number of its unused codes."""
        while True:
            with self._lock:
                if self._free:
                    return self._free.pop(0)
            self._enrol()

    def _enrol(self) -> None:
        phone, account = Phone(self._url), ACCOUNTS[next(self._number) % len(ACCOUNTS)]
        self._until_answered(lambda: self.history.call("enrol", "", account, lambda: phone.login(account, "Demo-2019")))
        with self._lock:
            self._phones.append(phone)
            self._free.append((phone, account, CODES_OF_A_PHONE))

    def _login(self, client: Client, phone: Phone, account: str) -> None:
        call = self.history.call
        with self._progress:
            self.begun += 1
        ticket = self._until_answered(lambda: call("request", "", account, client.request_ticket))
        ticket_id = ticket.ticket_id
        stop_listening = client.subscribe(self._note)
        try:
            page = self._until_answered(lambda: call("scan", ticket_id, account, lambda: phone.scan(ticket.qr)))
            self._until_answered(lambda: call("confirm", ticket_id, account, lambda: phone.confirm(page, wait=False)))
            self._until_answered(lambda: call("read", ticket_id, account, lambda: self._read(ticket)))
            self._note(client.wait_for("confirmed", GIVE_UP_SECONDS))  # its subscription may be told a moment later
        finally:
            stop_listening()
        self._until_answered(lambda: call("claim", ticket_id, account, lambda: self._claim(client)))
        with self._progress:
            self.finished.append(time.monotonic())

    def _claim(self, client: Client) -> dict[str, str]:
        login = client.claim()
        return {"session": login.access_token, "account": str(login.account.login_name)}

    def _read(self, ticket: Ticket) -> dict[str, Any]:
        """The gateway's answer about a ticket to a caller that does not wait."""
        answer = requests.get(
            f"{self._url}/api/v1/tickets/{ticket.ticket_id}",
            headers={"Authorization": f"Ticket {ticket.claim_secret}"},
            timeout=10,
        )
        body: dict[str, Any] = answer.json()
        if not answer.ok:
            raise ClientError(body["code"], body["detail"], answer.status_code)
        return body

    def _note(self, told: Any) -> None:
        if hasattr(told, "state") and hasattr(told, "ticket_id"):
            self.history.hear(told.ticket_id, str(told.state))

    def _until_answered(self, make: Callable[[], Any]) -> Any:
        """Repeat calls without an answer, and no refused ones."""
        give_up = time.monotonic() + GIVE_UP_SECONDS
        while True:
            try:
                return make()
            except (ClientError, PhoneError, requests.ConnectionError) as error:
                passing = getattr(error, "status", None) in (None, 503)
                if not passing or time.monotonic() > give_up:
                    raise
                time.sleep(PAUSE_SECONDS)
