"""The phones of `app-simulator serve`: each with its person, its confirm page, and its own actions."""

from __future__ import annotations

import os
import secrets
import threading
from collections.abc import Callable
from contextlib import closing
from typing import Any

from app_simulator.actor.personas import SLOW_SECONDS, Persona, Surroundings, act
from app_simulator.calls.models import ConfirmPage
from app_simulator.errors import PhoneError, phone_error
from app_simulator.phone import Phone
from scan_to_login.actor_server import Refused
from scan_to_login.http_client import HttpClient
from scan_to_login.protocol import sim_authorization

WATCH_SECONDS = 10
_BACK_OFF_SECONDS = 0.2


class HeldPhone:
    """One phone, and its person."""

    def __init__(
        self,
        gateway_url: str,
        persona: Persona | None,
        delay: float = SLOW_SECONDS,
        verify: bool | str = True,
    ) -> None:
        self.phone_id = secrets.token_urlsafe(8)
        self.phone = Phone(gateway_url, verify=verify)
        self.persona = persona
        self.delay = delay
        self.page: ConfirmPage | None = None
        self.deeds: list[dict[str, Any]] = []
        self._changed = threading.Condition()
        self._put_down = threading.Event()

    def scan(self, source: str | bytes) -> ConfirmPage:
        """Scan a QR's text or an image of it."""
        self.page = self.phone.scan(source)
        return self.page

    def ticket_id(self, named: str | None) -> str:
        """The ticket that was named, else the one scanned last. Raises Refused 409."""
        if named:
            return named
        if self.page is None:
            raise Refused(
                409, "nothing_scanned", "This phone has scanned nothing yet; scan first, or name a ticket_id."
            )
        return self.page.ticket_id

    def handle(self, payload: str, number_on_screen: Callable[[], str | None]) -> None:
        """Do what the persona does with a QR, and note it as an action; a refusal is an action too."""
        around = Surroundings(self._put_down.wait, number_on_screen)
        try:
            deed = act(self.persona or Persona.APPROVES, self.phone, payload, around, self.delay)
        except PhoneError as error:
            deed = {"did": "failed", "code": error.code, "detail": error.detail}
        self.note(deed)

    def note(self, deed: dict[str, Any]) -> None:
        """Add an action, and wake callers that wait for it."""
        with self._changed:
            self.deeds.append(deed)
            self._changed.notify_all()

    def deeds_after(self, count: int, seconds: float) -> list[dict[str, Any]]:
        """Actions after the first ``count``, waiting up to ``seconds`` for one."""
        with self._changed:
            self._changed.wait_for(lambda: len(self.deeds) > count, timeout=seconds)
            return self.deeds[count:]

    def watch(self, client_url: str) -> None:
        """Read a client's screen (``client-stub serve``) until the end, and handle each QR on it."""
        threading.Thread(target=self._watch, args=(client_url.rstrip("/"),), name="watch", daemon=True).start()

    def begin(self, payload: str) -> None:
        """Handle one QR in the background."""
        threading.Thread(target=self.handle, args=(payload, lambda: None), name="handle", daemon=True).start()

    def put_down(self) -> None:
        """End watching, waiting and the connection."""
        self._put_down.set()
        self.phone.close()

    def _watch(self, client_url: str) -> None:
        serial = 0
        with closing(HttpClient(client_url, phone_error, user_agent="app-simulator")) as http:

            def look(since: int, wait: int) -> dict[str, Any]:
                return http.call(
                    "GET",
                    "/screen",
                    prefix="",
                    params={"since": since, "wait": wait},
                    authorization=sim_authorization(os.environ),  # that of every program of one simulation
                )

            while not self._put_down.is_set():
                try:
                    screen = look(serial, WATCH_SECONDS)
                except PhoneError as error:
                    self.note({"did": "failed", "code": "client_gone", "detail": f"{client_url}: {error.detail}"})
                    return
                if screen["serial"] > serial and screen["qr"]:
                    serial = screen["serial"]
                    self.handle(screen["qr"], lambda: _number(look))


def _number(look: Callable[[int, int], dict[str, Any]]) -> str | None:
    """The number on the screen, which comes a moment after the scan."""
    for _ in range(50):
        number: str | None = look(0, 0).get("number")
        if number:
            return number
        threading.Event().wait(_BACK_OFF_SECONDS / 4)
    return None


class Phones:
    """All phones of this actor."""

    def __init__(self, gateway_url: str, verify: bool | str = True) -> None:
        self.gateway_url = gateway_url
        self.verify = verify
        self._phones: dict[str, HeldPhone] = {}

    def add(self, held: HeldPhone) -> HeldPhone:
        """Keep a phone."""
        self._phones[held.phone_id] = held
        return held

    def get(self, phone_id: str) -> HeldPhone:
        """A phone by its id. Raises Refused 404."""
        try:
            return self._phones[phone_id]
        except KeyError:
            raise Refused(404, "not_found", f"There is no phone {phone_id} here.") from None

    def remove(self, phone_id: str) -> None:
        """Put a phone down for good. Raises Refused 404."""
        held = self.get(phone_id)
        self._phones.pop(phone_id, None)
        held.put_down()

    def all(self) -> list[HeldPhone]:
        """Every phone, oldest first."""
        return list(self._phones.values())

    def close(self) -> None:
        """Put all down."""
        for held in self.all():
            self.remove(held.phone_id)
