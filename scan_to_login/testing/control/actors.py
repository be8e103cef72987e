"""Phones and desktop clients that the gateway itself holds: `/sim/v1/phones` and `/sim/v1/clients`, from a test.

``Phone`` and ``Client`` of the two actors run in the test's process. These run beside the gateway: pages, and tests in
other languages, reach the same ones. A reset removes them.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, Protocol, TypeVar

from pydantic import BaseModel, TypeAdapter

from scan_to_login.actor_wire.clients import (
    ShownClient,
    ShownClients,
    ShownLogin,
    ShownSession,
    ShownUnit,
    ShownUnits,
)
from scan_to_login.actor_wire.pages import ConfirmPageFields, LoginRequestFields, TicketFields
from scan_to_login.actor_wire.phones import (
    SLOW_SECONDS,
    Persona,
    ShownActions,
    ShownPhone,
    ShownPhones,
)
from scan_to_login.captcha import Captcha, with_captcha
from scan_to_login.protocol import TicketState

Answer = TypeVar("Answer", bound=BaseModel)
_CONFIRM_PAGE = TypeAdapter(ConfirmPageFields)
_LOGIN_REQUESTS = TypeAdapter(list[LoginRequestFields])
_TICKET = TypeAdapter(TicketFields)


class Calls(Protocol):
    """What is used of :class:`scan_to_login.testing.control.Control`."""

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
        """Any call."""


class PhoneOfGateway:
    """A phone that the gateway holds. Every method raises ControlRefused with the phone's own code.

    ``ticket_id`` is a scanned ticket; without it the last one. ``captcha`` answers a captcha after a wrong password.
    """

    def __init__(self, control: Calls, phone_id: str) -> None:
        self._control = control
        self.phone_id = phone_id

    def show(self) -> ShownPhone:
        """The phone as it is now."""
        return ShownPhone.model_validate(self._call("GET"))

    def login(self, identifier: str, password: str, *, captcha: Captcha | None = None) -> ShownPhone:
        """Log a person in by ``identifier`` (phone number, login name or ID number) and ``password``."""
        body = with_captcha({"identifier": identifier, "password": password}, captcha)
        return ShownPhone.model_validate(self._call("POST", "/login", body))

    def logout(self) -> None:
        """Log out."""
        self._call("POST", "/logout")

    def scan(self, source: str | bytes | os.PathLike[str]) -> ConfirmPageFields:
        """Scan a QR code: ``source`` is its text, a picture's bytes, or a picture's path. Returns the confirm page."""
        if isinstance(source, str):
            answer = self._call("POST", "/scan", {"payload": source})
        else:
            picture = source if isinstance(source, bytes) else Path(source).read_bytes()
            answer = self._control.call("POST", f"/phones/{self.phone_id}/scan", picture=picture)
        return _CONFIRM_PAGE.validate_python(answer)

    def requests(self, *, since: str = "", wait: float = 0) -> list[LoginRequestFields]:
        """The clients that ask this phone for a login, newest first; waits up to ``wait`` seconds for one that is newer
        than ``since``, the ticket_id of the newest that was seen."""
        query = {"since": since, "wait": wait}
        found = self._control.call("GET", f"/phones/{self.phone_id}/requests", wait=wait, query=query)
        return _LOGIN_REQUESTS.validate_python(found["requests"])

    def open_request(self, ticket_id: str | None = None) -> ConfirmPageFields:
        """Open the request ``ticket_id``, or the newest one; returns the confirm page, as ``scan`` does."""
        return _CONFIRM_PAGE.validate_python(self._call("POST", "/open", {"ticket_id": ticket_id}))

    def page(self) -> ConfirmPageFields:
        """The confirm page of the last scan."""
        return _CONFIRM_PAGE.validate_python(self._call("GET", "/page"))

    def confirm(self, ticket_id: str | None = None, *, number: str | None = None) -> TicketFields:
        """Confirm the login that was scanned last, or the ticket's; ``number`` is the one on the client's screen."""
        return _TICKET.validate_python(self._call("POST", "/confirm", {"ticket_id": ticket_id, "number": number}))

    def reject(self, ticket_id: str | None = None) -> TicketFields:
        """Reject the login that was scanned last, or the ticket's."""
        return _TICKET.validate_python(self._call("POST", "/reject", {"ticket_id": ticket_id}))

    def watch(self, what: ClientOfGateway | str) -> ShownPhone:
        """Have the persona act by itself: ``what`` is a client, for all its QR codes, or the text of one QR."""
        body = {"payload": what} if isinstance(what, str) else {"client_id": what.client_id}
        return ShownPhone.model_validate(self._call("POST", "/watch", body))

    def deeds(self, *, since: int = 0, wait: float = 0) -> ShownActions:
        """The persona's actions after the first ``since``; waits up to ``wait`` seconds (60 at most) for one."""
        query = {"since": since, "wait": wait}
        return ShownActions.model_validate(
            self._control.call("GET", f"/phones/{self.phone_id}/deeds", wait=wait, query=query)
        )

    def remove(self) -> None:
        """Remove the phone."""
        self._call("DELETE")

    def _call(self, method: str, path: str = "", body: Mapping[str, Any] | None = None) -> Any:
        return self._control.call(method, f"/phones/{self.phone_id}{path}", body=_given(body))


class PhonesOfGateway:
    """The phones that the gateway holds. Calls raise ControlRefused."""

    def __init__(self, control: Calls) -> None:
        self._control = control

    def make(
        self,
        identifier: str | None = None,
        password: str | None = None,
        *,
        persona: Persona | str | None = None,
        delay: float = SLOW_SECONDS,
    ) -> PhoneOfGateway:
        """A new phone, logged in where a ``persona``, or an ``identifier`` with its ``password``, is given.

        ``delay`` is how long the persona `slow` waits, in seconds. Raises ControlRefused.
        """
        body = {"identifier": identifier, "password": password, "persona": persona and str(persona), "delay": delay}
        made = ShownPhone.model_validate(self._control.call("POST", "/phones", body=_given(body)))
        return PhoneOfGateway(self._control, made.phone_id)

    def all(self) -> list[ShownPhone]:
        """All phones, oldest first."""
        return ShownPhones.model_validate(self._control.call("GET", "/phones")).phones

    def clear(self) -> None:
        """Remove all phones."""
        self._control.call("DELETE", "/phones")


class ClientOfGateway:
    """A desktop client that the gateway holds. Every method raises ControlRefused with the client's own code.

    ``unit`` is a taxpayer number or an alias of the seed. ``captcha`` answers a captcha after a wrong password.
    """

    def __init__(self, control: Calls, client_id: str) -> None:
        self._control = control
        self.client_id = client_id

    def show(self) -> ShownClient:
        """The client's screen as it is now."""
        return self._read(ShownClient, "GET")

    def request_ticket(self, *, target: str | None = None, remembered: str | None = None) -> ShownClient:
        """Ask for a ticket, in place of the one before; with ``target``, a login name, of that account's phones.

        ``remembered`` is the token of a remembered computer, in the place of a name.
        """
        return self._read(ShownClient, "POST", "/ticket", {"target": target, "remembered": remembered})

    def cancel(self) -> ShownClient:
        """Give the ticket up."""
        return self._read(ShownClient, "DELETE", "/ticket")

    def qr_png(self) -> bytes:
        """The QR as a picture."""
        picture: bytes = self._call("GET", "/qr.png")
        return picture

    def screen(self, *, since: int = 0, wait: float = 0) -> ShownClient:
        """The screen; waits up to ``wait`` seconds (60 at most) for a QR after number ``since``."""
        return self._waited("/screen", {"since": since, "wait": wait}, wait)

    def wait_for(self, state: TicketState | str, timeout: float = 10) -> ShownClient:
        """The screen once the ticket has reached ``state``, within ``timeout`` seconds (60 at most)."""
        return self._waited("/state", {"is": str(state), "wait": timeout}, timeout)

    def claim(
        self, idempotency_key: str | None = None, *, code: str | None = None, remember: bool = False
    ) -> ShownLogin:
        """Exchange the confirmed ticket for a session; for 30 s the same ``idempotency_key`` gets the same one.

        ``code`` is what the phone shows, where the client needs it. With ``remember`` the answer has a token by which
        this computer asks the same person's phone next time.
        """
        body = {"idempotency_key": idempotency_key, "code": code, "remember": remember or None}
        return self._read(ShownLogin, "POST", "/claim", body)

    def login(self, identifier: str, password: str, *, captcha: Captcha | None = None) -> ShownLogin:
        """Log in by ``identifier`` (phone number, login name or ID number) and ``password``."""
        body = with_captcha({"identifier": identifier, "password": password}, captcha)
        return self._read(ShownLogin, "POST", "/login", body)

    def session(self) -> ShownSession:
        """The session."""
        return self._read(ShownSession, "GET", "/session")

    def logout(self) -> None:
        """Log out."""
        self._call("DELETE", "/session")

    def units(self) -> list[ShownUnit]:
        """The units of the session's account."""
        return self._read(ShownUnits, "GET", "/units").units

    def verify_unit(
        self, unit: str, declaration_password: str | None = None, *, captcha: Captcha | None = None
    ) -> ShownSession:
        """Verify a unit; no ``declaration_password`` is needed with an authorization."""
        return self._read(ShownSession, "POST", "/verification", _unit(unit, declaration_password, captcha))

    def bind_unit(self, unit: str, declaration_password: str, *, captcha: Captcha | None = None) -> ShownSession:
        """Bind a unit by its ``declaration_password``."""
        return self._read(ShownSession, "POST", "/binding", _unit(unit, declaration_password, captcha))

    def remove(self) -> None:
        """Remove the client."""
        self._call("DELETE")

    def _read(self, shape: type[Answer], method: str, path: str = "", body: Mapping[str, Any] | None = None) -> Answer:
        return shape.model_validate(self._call(method, path, body))

    def _waited(self, path: str, query: Mapping[str, Any], wait: float) -> ShownClient:
        answer = self._control.call("GET", f"/clients/{self.client_id}{path}", wait=wait, query=query)
        return ShownClient.model_validate(answer)

    def _call(self, method: str, path: str = "", body: Mapping[str, Any] | None = None) -> Any:
        return self._control.call(method, f"/clients/{self.client_id}{path}", body=_given(body))


class ClientsOfGateway:
    """The desktop clients that the gateway holds. Calls raise ControlRefused."""

    def __init__(self, control: Calls) -> None:
        self._control = control

    def make(
        self,
        *,
        name: str | None = None,
        version: str | None = None,
        device: str | None = None,
        transport: Literal["websocket", "poll"] = "websocket",
        ticket: bool = True,
        target: str | None = None,
    ) -> ClientOfGateway:
        """A new client; with ``ticket`` it asks for one at once, aimed at the account ``target`` if given.

        ``name``, ``version`` and ``device`` are what the phone shows of it; ``transport`` is how it waits. Raises
        ControlRefused.
        """
        body = {"name": name, "version": version, "device": device, "transport": transport, "ticket": ticket}
        body["target"] = target
        made = ShownClient.model_validate(self._control.call("POST", "/clients", body=_given(body)))
        return ClientOfGateway(self._control, made.client_id)

    def all(self) -> list[ShownClient]:
        """All clients, oldest first."""
        return ShownClients.model_validate(self._control.call("GET", "/clients")).clients

    def clear(self) -> None:
        """Remove all clients."""
        self._control.call("DELETE", "/clients")


def _given(body: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return None if body is None else {name: value for name, value in body.items() if value is not None}


def _unit(unit: str, declaration_password: str | None, captcha: Captcha | None) -> dict[str, Any]:
    return with_captcha({"unit": unit, "declaration_password": declaration_password}, captcha)
