"""Answers to the calls of desktop clients (``scan_to_login.actor_wire.clients``)."""

from dataclasses import asdict
from typing import Any

from flask import Flask, Response, jsonify

from client_stub.actor.clients import Clients, HeldClient
from client_stub.errors import STATE_OF_REFUSAL, ClientError, LocalCode
from client_stub.model import Login, Session
from scan_to_login import qr_image
from scan_to_login.actor_server import Refused, answering, body_of, make_app, problem, query_of
from scan_to_login.actor_wire.calls import Credentials, Since
from scan_to_login.actor_wire.clients import (
    CLIENT_CALLS,
    MOST_BYTES,
    AwaitedState,
    Claim,
    NewClient,
    NewTicket,
    UnitFields,
)
from scan_to_login.protocol import Code

# Codes without an HTTP status that are not about the client's input.
_STATUSES: dict[str, int] = {
    LocalCode.UNREACHABLE: 502,
    LocalCode.BAD_ANSWER: 502,
    LocalCode.TIMED_OUT: 408,
    LocalCode.NO_TICKET: 409,
    LocalCode.NO_SESSION: 409,
    LocalCode.CLOSED: 409,
    Code.TICKET_NOT_FOUND: 404,
    Code.RATE_LIMITED: 429,
    Code.TOO_MANY_TICKETS: 429,
    Code.UNAVAILABLE: 503,
    Code.NOT_ACKNOWLEDGED: 503,
    **dict.fromkeys(STATE_OF_REFUSAL, 410),
}


def clients_app(clients: Clients) -> Flask:
    """The actor's app."""
    app = make_app("client-stub", most_bytes=MOST_BYTES)
    app.register_error_handler(ClientError, _client_error)
    answers = answering(app, CLIENT_CALLS)

    @app.get("/")
    def about() -> Response:
        return jsonify(actor="clients", gateway=clients.gateway_url)

    @answers
    def make_client() -> tuple[Response, int]:
        wish = body_of(NewClient)
        clients.require_room()
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
                held.request_ticket(wish.target)
        except Exception:
            held.client.close()
            raise
        return jsonify(clients.add(held).seen()), 201

    @answers
    def list_clients() -> Response:
        return jsonify(clients=[held.seen() for held in clients.all()])

    @answers
    def remove_clients() -> Response:
        clients.close()
        return Response(status=204)

    @answers
    def show_client(client_id: str) -> Response:
        return jsonify(clients.get(client_id).seen())

    @answers
    def remove_client(client_id: str) -> Response:
        clients.remove(client_id)
        return Response(status=204)

    _add_ticket(app, clients)
    _add_session(app, clients)
    return app


def _add_ticket(app: Flask, clients: Clients) -> None:
    """The answers about the ticket on a client's screen."""
    answers = answering(app, CLIENT_CALLS)

    @answers
    def client_ticket(client_id: str) -> tuple[Response, int]:
        held = clients.get(client_id)
        wish = body_of(NewTicket)
        held.request_ticket(wish.target, wish.remembered)
        return jsonify(held.seen()), 201

    @answers
    def client_cancel(client_id: str) -> Response:
        held = clients.get(client_id)
        held.client.cancel()
        return jsonify(held.seen())

    @answers
    def client_qr(client_id: str) -> Response:
        return Response(qr_image.png(_qr_of(clients.get(client_id))), content_type="image/png")

    @answers
    def client_screen(client_id: str) -> Response:
        held, asked = clients.get(client_id), query_of(Since)
        return jsonify(held.screen(asked.since, asked.wait))

    @answers
    def client_state(client_id: str) -> Response:
        held, asked = clients.get(client_id), query_of(AwaitedState)
        if asked.is_ is not None:
            held.client.wait_for(asked.is_, asked.wait)
        return jsonify(held.seen())

    @answers
    def client_claim(client_id: str) -> Response:
        wish = body_of(Claim)
        login = clients.get(client_id).client.claim(wish.idempotency_key, code=wish.code, remember=wish.remember)
        return jsonify(login_view(login))


def _add_session(app: Flask, clients: Clients) -> None:
    """The answers about a client's session."""
    answers = answering(app, CLIENT_CALLS)

    @answers
    def client_login(client_id: str) -> Response:
        held, who = clients.get(client_id), body_of(Credentials)
        captcha = who.captcha.captcha() if who.captcha else None
        return jsonify(login_view(held.client.login(who.identifier, who.password.get_secret_value(), captcha)))

    @answers
    def client_session(client_id: str) -> Response:
        return jsonify(session_view(clients.get(client_id).client.session()))

    @answers
    def client_logout(client_id: str) -> Response:
        clients.get(client_id).client.logout()
        return Response(status=204)

    @answers
    def client_units(client_id: str) -> Response:
        return jsonify(units=[asdict(unit) for unit in clients.get(client_id).client.units()])

    @answers
    def client_verify(client_id: str) -> Response:
        held, wish = clients.get(client_id), body_of(UnitFields)
        password = wish.declaration_password.get_secret_value() if wish.declaration_password else None
        captcha = wish.captcha.captcha() if wish.captcha else None
        return jsonify(session_view(held.client.verify_unit(wish.unit, password, captcha)))

    @answers
    def client_bind(client_id: str) -> tuple[Response, int]:
        held, wish = clients.get(client_id), body_of(UnitFields)
        if wish.declaration_password is None:
            raise Refused(422, "invalid_request", "declaration_password: a unit is bound by its password alone.")
        captcha = wish.captcha.captcha() if wish.captcha else None
        return jsonify(
            session_view(held.client.bind_unit(wish.unit, wish.declaration_password.get_secret_value(), captcha))
        ), 201


def login_view(login: Login) -> dict[str, Any]:
    """A login with its token, for a test's own calls."""
    return asdict(login)


def session_view(session: Session) -> dict[str, Any]:
    """A session."""
    return asdict(session)


def _qr_of(held: HeldClient) -> str:
    qr: str | None = held.seen()["qr"]
    if qr is None:
        raise Refused(409, "no_ticket", "This client shows no QR: its ticket has ended, or it has none.")
    return qr


def status_of(error: ClientError) -> int:
    """The HTTP status of an answer that tells this error."""
    return error.status or _STATUSES.get(error.code, 422)


def _client_error(error: ClientError) -> Response:
    # A refusal of the gateway over HTTP keeps its status.
    extra = {name: value for name, value in error.extra.items() if isinstance(value, str | int | float | bool | list)}
    return problem(status_of(error), error.code, error.detail, **extra)
