"""Doors of the clients: make one, show its QR, wait for a state, claim, verify a unit."""

import io
from dataclasses import asdict
from typing import Any

import qrcode
from flask import Flask, Response, jsonify, request
from pydantic import SecretStr
from qrcode.image.pil import PilImage

from client_stub.actor.clients import Clients, HeldClient
from client_stub.client import Transport
from client_stub.errors import ClientError, LocalCode
from client_stub.model import Login, Session
from scan_to_login.actor_server import (
    CaptchaFields,
    Fields,
    Refused,
    Text,
    body_of,
    count_of,
    make_app,
    problem,
    seconds_of,
)
from scan_to_login.protocol import TicketState

LONGEST_WAIT_SECONDS = 60
MOST_BYTES = 64 * 1024
# The client's own codes that are not about what it was given.
_STATUSES: dict[str, int] = {
    LocalCode.UNREACHABLE: 502,
    LocalCode.BAD_ANSWER: 502,
    LocalCode.TIMED_OUT: 408,
    LocalCode.NO_TICKET: 409,
    LocalCode.NO_SESSION: 409,
    LocalCode.CLOSED: 409,
}


class NewClient(Fields):
    """A client to make; with ``ticket`` it asks for one at once."""

    gateway: Text | None = None
    name: Text | None = None
    version: Text | None = None
    device: Text | None = None
    transport: Transport = "websocket"
    ticket: bool = True


class PasswordLogin(Fields):
    """A login by account and password."""

    identifier: Text
    password: SecretStr
    captcha: CaptchaFields | None = None


class Claim(Fields):
    """A claim; the key is the ticket's own unless given."""

    idempotency_key: Text | None = None


class UnitFields(Fields):
    """A unit by its taxpayer_id or alias; no password is needed with an authorization."""

    unit: Text
    declaration_password: SecretStr | None = None
    captcha: CaptchaFields | None = None


def clients_app(clients: Clients) -> Flask:
    """The actor's app."""
    app = make_app("client-stub", most_bytes=MOST_BYTES)
    app.register_error_handler(ClientError, _client_error)

    @app.get("/")
    def about() -> Response:
        return jsonify(actor="clients", gateway=clients.gateway_url)

    @app.post("/clients")
    def make_client() -> tuple[Response, int]:
        wish = body_of(NewClient)
        held = HeldClient(
            wish.gateway or clients.gateway_url,
            transport=wish.transport,
            verify=clients.verify,
            name=wish.name,
            version=wish.version,
            device=wish.device,
        )
        try:
            if wish.ticket:
                held.request_ticket()
        except Exception:
            held.client.close()
            raise
        return jsonify(clients.add(held).seen()), 201

    @app.get("/clients")
    def list_clients() -> Response:
        return jsonify(clients=[held.seen() for held in clients.all()])

    @app.get("/clients/<client_id>")
    def show_client(client_id: str) -> Response:
        return jsonify(clients.get(client_id).seen())

    @app.delete("/clients/<client_id>")
    def remove_client(client_id: str) -> Response:
        clients.remove(client_id)
        return Response(status=204)

    _add_ticket(app, clients)
    _add_session(app, clients)
    return app


def _add_ticket(app: Flask, clients: Clients) -> None:
    """The ticket on the client's screen."""

    @app.post("/clients/<client_id>/ticket")
    def request_ticket(client_id: str) -> tuple[Response, int]:
        held = clients.get(client_id)
        held.request_ticket()
        return jsonify(held.seen()), 201

    @app.delete("/clients/<client_id>/ticket")
    def cancel_ticket(client_id: str) -> Response:
        held = clients.get(client_id)
        held.client.cancel()
        return jsonify(held.seen())

    @app.get("/clients/<client_id>/qr.png")
    def qr_image(client_id: str) -> Response:
        return Response(_png(_qr_of(clients.get(client_id))), content_type="image/png")

    @app.get("/clients/<client_id>/screen")
    def screen(client_id: str) -> Response:
        return jsonify(clients.get(client_id).screen(count_of("since"), seconds_of("wait", LONGEST_WAIT_SECONDS)))

    @app.get("/clients/<client_id>/state")
    def state(client_id: str) -> Response:
        held, wanted = clients.get(client_id), request.args.get("is")
        wait = seconds_of("wait", LONGEST_WAIT_SECONDS)
        if wanted is not None:
            if wanted not in list(TicketState):
                raise Refused(422, "invalid_request", f"is is one of {', '.join(TicketState)}.")
            held.client.wait_for(wanted, wait)
        return jsonify(held.seen())

    @app.post("/clients/<client_id>/claim")
    def claim(client_id: str) -> Response:
        return jsonify(login_view(clients.get(client_id).client.claim(body_of(Claim).idempotency_key)))


def _add_session(app: Flask, clients: Clients) -> None:
    """What a client does with its session."""

    @app.post("/clients/<client_id>/login")
    def login(client_id: str) -> Response:
        held, who = clients.get(client_id), body_of(PasswordLogin)
        captcha = who.captcha.captcha() if who.captcha else None
        return jsonify(login_view(held.client.login(who.identifier, who.password.get_secret_value(), captcha)))

    @app.get("/clients/<client_id>/session")
    def session(client_id: str) -> Response:
        return jsonify(session_view(clients.get(client_id).client.session()))

    @app.delete("/clients/<client_id>/session")
    def logout(client_id: str) -> Response:
        clients.get(client_id).client.logout()
        return Response(status=204)

    @app.get("/clients/<client_id>/units")
    def units(client_id: str) -> Response:
        return jsonify(units=[asdict(unit) for unit in clients.get(client_id).client.units()])

    @app.post("/clients/<client_id>/verification")
    def verify(client_id: str) -> Response:
        held, wish = clients.get(client_id), body_of(UnitFields)
        password = wish.declaration_password.get_secret_value() if wish.declaration_password else None
        captcha = wish.captcha.captcha() if wish.captcha else None
        return jsonify(session_view(held.client.verify_unit(wish.unit, password, captcha)))

    @app.post("/clients/<client_id>/binding")
    def bind(client_id: str) -> tuple[Response, int]:
        held, wish = clients.get(client_id), body_of(UnitFields)
        if wish.declaration_password is None:
            raise Refused(422, "invalid_request", "declaration_password: a unit is bound by its password alone.")
        captcha = wish.captcha.captcha() if wish.captcha else None
        return jsonify(
            session_view(held.client.bind_unit(wish.unit, wish.declaration_password.get_secret_value(), captcha))
        ), 201


def login_view(login: Login) -> dict[str, Any]:
    """A login, its token included, for calls of the test's own."""
    return asdict(login)


def session_view(session: Session) -> dict[str, Any]:
    """A session."""
    return asdict(session)


def _qr_of(held: HeldClient) -> str:
    qr: str | None = held.seen()["qr"]
    if qr is None:
        raise Refused(409, "no_ticket", "This client shows no QR: its ticket has ended, or it has none.")
    return qr


def _png(text: str) -> bytes:
    code = qrcode.QRCode(border=4, box_size=8)
    code.add_data(text)
    code.make(fit=True)
    file = io.BytesIO()
    code.make_image(image_factory=PilImage).save(file, format="PNG")
    return file.getvalue()


def _client_error(error: ClientError) -> Response:
    # What the gateway refused keeps its status; a ticket that has ended is gone, as the gateway itself would say.
    own = _STATUSES.get(error.code, 422) if error.code in list(LocalCode) else 410
    extra = {name: value for name, value in error.extra.items() if isinstance(value, str | int | float | bool | list)}
    return problem(error.status or own, error.code, error.detail, **extra)
