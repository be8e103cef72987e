"""The phones of `app-simulator serve`: each with its person, its confirm page, and its own actions."""

from __future__ import annotations

import os
import secrets
import threading
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import partial
from typing import Any

from app_simulator import qr_reader
from app_simulator.actor.personas import Surroundings, act
from app_simulator.calls.models import ConfirmPage
from app_simulator.errors import PhoneError, phone_error
from app_simulator.phone import Phone
from scan_to_login.actor_server import Refused
from scan_to_login.actor_wire.calls import MOST_ACTORS
from scan_to_login.actor_wire.phones import SLOW_SECONDS, Persona
from scan_to_login.http_client import HttpClient
from scan_to_login.protocol import TicketState, sim_authorization

Look = Callable[[int, int], dict[str, Any]]
"""Reads a client's screen: once it shows a QR newer than a number, or after so many seconds."""

WATCH_SECONDS = 10
_BACK_OFF_SECONDS = 0.2
_MOST_ORIGINS = 16


class HeldPhone:
    """One phone, and its person."""

    def __init__(
        self,
        gateway_url: str,
        persona: Persona | None,
        delay: float = SLOW_SECONDS,
        verify: bool | str = True,
        origins: Callable[[], Sequence[str]] = tuple,
    ) -> None:
        self.phone_id = secrets.token_urlsafe(8)
        self._origins = origins
        self.phone = Phone(gateway_url, verify=verify)
        self.persona = persona
        self.delay = delay
        self.page: ConfirmPage | None = None
        self.actions: list[dict[str, Any]] = []
        self._changed = threading.Condition()
        self._put_down = threading.Event()

    def scan(self, source: str | bytes) -> ConfirmPage:
        """Scan a QR's text or an image of it."""
        self.page = self.phone.scan(self._at_home(source))
        return self.page

    def _at_home(self, source: str | bytes) -> str | bytes:
        """The QR's text, with this phone's own address of its gateway in place of another one."""
        origins = self._origins()
        if not origins:
            return source
        text = (qr_reader.read_image(source) if isinstance(source, bytes) else source).strip()
        for origin in origins:
            if text.startswith(f"{origin}/"):
                return self.phone.gateway_url + text.removeprefix(origin)
        return text

    def ticket_id(self, named: str | None) -> str:
        """The ticket ``named``, or else the last one scanned. Raises Refused 409."""
        if named:
            return named
        if self.page is None:
            raise Refused(
                409, "nothing_scanned", "This phone has scanned nothing yet; scan first, or name a ticket_id."
            )
        return self.page.ticket_id

    def open(self, ticket_id: str | None) -> ConfirmPage:
        """Open a request to log in, or the newest one. Raises Refused 404 where there is none."""
        if ticket_id is None:
            found = self.phone.login_requests()
            if not found:
                raise Refused(404, "not_found", "No client asks this phone for a login.")
            ticket_id = found[0].ticket_id
        self.page = self.phone.open_request(ticket_id)
        return self.page

    def handle(self, payload: str, number_on_screen: Callable[[], str | None]) -> None:
        """Handle a QR as the persona does, and record the action. A refusal is recorded too."""
        self._handle(lambda: self.phone.scan(self._at_home(payload)), number_on_screen)

    def _handle(self, entered: Callable[[], ConfirmPage], number_on_screen: Callable[[], str | None]) -> None:
        around = Surroundings(self._put_down.wait, number_on_screen)
        try:
            action = act(self.persona or Persona.APPROVES, self.phone, entered, around, self.delay)
        except PhoneError as error:
            action = {"did": "failed", "code": error.code, "detail": error.detail}
        self.note(action)

    def note(self, action: dict[str, Any]) -> None:
        """Add an action, and wake callers that wait for it."""
        with self._changed:
            self.actions.append(action)
            self._changed.notify_all()

    def actions_after(self, count: int, seconds: float) -> list[dict[str, Any]]:
        """Actions after the first ``count``, waiting up to ``seconds`` for one."""
        with self._changed:
            self._changed.wait_for(lambda: len(self.actions) > count, timeout=seconds)
            return self.actions[count:]

    def watch(self, client_url: str) -> None:
        """Read the screen of the client at this address until the phone is put down, and handle each QR on it."""

        def watch() -> None:
            with closing(HttpClient(client_url.rstrip("/"), phone_error, user_agent="app-simulator")) as http:

                def look(since: int, wait: int) -> dict[str, Any]:
                    return http.call(
                        "GET",
                        "/screen",
                        prefix="",
                        params={"since": since, "wait": wait},
                        authorization=sim_authorization(os.environ),  # all programs of a simulation share it
                    )

                self._watch(look)

        threading.Thread(target=watch, name="watch", daemon=True).start()

    def watch_screen(self, look: Look) -> None:
        """The same for a client of this server."""
        threading.Thread(target=self._watch, args=(look,), name="watch", daemon=True).start()

    def begin(self, payload: str) -> None:
        """Handle one QR in the background."""
        threading.Thread(target=self.handle, args=(payload, lambda: None), name="handle", daemon=True).start()

    def put_down(self) -> None:
        """End watching, waiting and the connection."""
        self._put_down.set()
        self.phone.close()

    def _watch(self, look: Look) -> None:
        serial = 0
        while not self._put_down.is_set():
            try:
                screen = look(serial, WATCH_SECONDS)
            except (PhoneError, Refused) as error:
                self.note({"did": "failed", "code": "client_gone", "detail": error.detail})
                return
            if screen["serial"] <= serial:
                continue
            if screen["qr"]:
                serial = screen["serial"]
                self.handle(screen["qr"], lambda: _number(look))
            elif screen["state"] == TicketState.PENDING:  # aimed at an account: its phone opens it without a scan
                serial = screen["serial"]
                self._handle(partial(self.phone.open_request, screen["ticket_id"]), lambda: _number(look))


def _number(look: Look) -> str | None:
    """The number on the screen; the client shows it a moment after the scan."""
    for _ in range(50):
        number: str | None = look(0, 0).get("number")
        if number:
            return number
        threading.Event().wait(_BACK_OFF_SECONDS / 4)
    return None


class Phones:
    """All phones of this actor.

    ``screen_of`` finds the screen of a client in the same process. ``of_a_gateway`` is true for the process of a
    gateway: that gateway names the addresses by which its callers know it.
    """

    def __init__(
        self,
        gateway_url: str,
        verify: bool | str = True,
        *,
        screen_of: Callable[[str], Look] | None = None,
        of_a_gateway: bool = False,
    ) -> None:
        self.gateway_url = gateway_url
        self.verify = verify
        self.of_a_gateway = of_a_gateway
        self._screen_of = screen_of
        self._origins: tuple[str, ...] = ()
        self._phones: dict[str, HeldPhone] = {}

    def call_gateway(self, origins: Sequence[str]) -> None:
        """Add to the addresses by which callers know the gateway."""
        self._origins = tuple(dict.fromkeys((*self._origins, *origins)))[-_MOST_ORIGINS:]

    def made(self, gateway_url: str | None, persona: Persona | None, delay: float) -> HeldPhone:
        """A new phone that ``add`` has not kept yet, at ``gateway_url`` or this actor's own gateway."""
        if gateway_url is not None:
            return HeldPhone(gateway_url, persona, delay, self.verify)
        return HeldPhone(self.gateway_url, persona, delay, self.verify, lambda: self._origins)

    def require_room(self) -> None:
        """Raise Refused 429 if there are too many."""
        if len(self._phones) >= MOST_ACTORS:
            raise Refused(429, "too_many_actors", f"There are {MOST_ACTORS} phones already: remove some.")

    def screen_of(self, client_id: str) -> Look:
        """The screen of a client in the same process. Raises Refused 404 and 422."""
        if self._screen_of is None:
            raise Refused(422, "invalid_request", "client_id: this server has no clients; give client, its address.")
        return self._screen_of(client_id)

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
        """Put a phone down and forget it. Raises Refused 404."""
        held = self.get(phone_id)
        self._phones.pop(phone_id, None)
        held.put_down()

    def all(self) -> list[HeldPhone]:
        """Every phone, oldest first."""
        return list(self._phones.values())

    def close(self) -> None:
        """Put all phones down."""
        for held in self.all():
            if self._phones.pop(held.phone_id, None) is not None:
                held.put_down()
