"""Answers to the calls of phones (``scan_to_login.actor_wire.phones``)."""

from typing import Any

from flask import Flask, Response, jsonify, request

from app_simulator.actor.personas import ACCOUNTS, DEMO_PASSWORD
from app_simulator.actor.phones import HeldPhone, Phones
from app_simulator.errors import PhoneCode, PhoneError
from scan_to_login.actor_server import Refused, answering, body_of, make_app, problem, query_of
from scan_to_login.actor_wire.calls import ORIGINS_HEADER, Credentials, Since
from scan_to_login.actor_wire.phones import (
    MOST_BYTES,
    PHONE_CALLS,
    Confirm,
    NewPhone,
    Open,
    Persona,
    Reject,
    Scan,
    SinceRequest,
    Watch,
)

# The phone's own codes that are not about what it was given.
_STATUSES: dict[str, int] = {
    PhoneCode.CONNECTION_FAILED: 502,
    PhoneCode.CONNECTION_TIMEOUT: 502,
    PhoneCode.CONNECTION_INSECURE: 502,
    PhoneCode.NOT_A_GATEWAY: 502,
    PhoneCode.UNEXPECTED_ANSWER: 502,
    PhoneCode.NOT_LOGGED_IN: 409,
    PhoneCode.LOGIN_REPLACED: 409,
}


def phones_app(phones: Phones) -> Flask:
    """The actor's app."""
    app = make_app("app-simulator", most_bytes=MOST_BYTES)
    app.register_error_handler(PhoneError, _phone_error)
    answers = answering(app, PHONE_CALLS)
    if phones.of_a_gateway:
        app.before_request(lambda: phones.call_gateway(request.headers.get(ORIGINS_HEADER, "").split()))

    @app.get("/")
    def about() -> Response:
        return jsonify(actor="phones", gateway=phones.gateway_url, personas=[persona.value for persona in Persona])

    @answers
    def make_phone() -> tuple[Response, int]:
        wish = body_of(NewPhone)
        phones.require_room()
        held = phones.made(wish.gateway, wish.persona, wish.delay)
        identifier = wish.identifier or (ACCOUNTS[wish.persona] if wish.persona else None)
        refused = None
        if identifier:
            password = wish.password.get_secret_value() if wish.password else DEMO_PASSWORD
            try:
                held.phone.login(identifier, password)
            except PhoneError as error:
                # These two personas exist to be refused at the login.
                if wish.persona not in (Persona.UNREGISTERED, Persona.LOCKED):
                    held.put_down()
                    raise
                refused = error.code
                held.note({"did": "failed", "code": error.code, "detail": error.detail})
        phones.add(held)
        return jsonify(view(held, login_refused=refused)), 201

    @answers
    def list_phones() -> Response:
        return jsonify(phones=[view(held) for held in phones.all()])

    @answers
    def remove_phones() -> Response:
        phones.close()
        return Response(status=204)

    @answers
    def show_phone(phone_id: str) -> Response:
        return jsonify(view(phones.get(phone_id)))

    @answers
    def remove_phone(phone_id: str) -> Response:
        phones.remove(phone_id)
        return Response(status=204)

    _add_calls(app, phones)
    return app


def _add_calls(app: Flask, phones: Phones) -> None:
    """Add the answers about one phone's actions and page."""
    answers = answering(app, PHONE_CALLS)

    @answers
    def phone_login(phone_id: str) -> Response:
        held, who = phones.get(phone_id), body_of(Credentials)
        captcha = who.captcha.captcha() if who.captcha else None
        held.phone.login(who.identifier, who.password.get_secret_value(), captcha=captcha)
        return jsonify(view(held))

    @answers
    def phone_session(phone_id: str) -> Response:
        return jsonify(phones.get(phone_id).phone.session().as_dict())

    @answers
    def end_phone_session(phone_id: str) -> Response:
        return phone_logout(phone_id)

    @answers
    def phone_logout(phone_id: str) -> Response:
        phones.get(phone_id).phone.logout()
        return Response(status=204)

    @answers
    def phone_scan(phone_id: str) -> Response:
        held = phones.get(phone_id)
        picture = request.mimetype.startswith("image/")
        return jsonify(held.scan(request.get_data() if picture else _source(body_of(Scan))).as_dict())

    @answers
    def phone_requests(phone_id: str) -> Response:
        asked = query_of(SinceRequest)
        found = phones.get(phone_id).phone.login_requests(since=asked.since, wait=asked.wait)
        return jsonify(requests=[one.as_dict() for one in found])

    @answers
    def phone_open(phone_id: str) -> Response:
        return jsonify(phones.get(phone_id).open(body_of(Open).ticket_id).as_dict())

    @answers
    def phone_page(phone_id: str) -> Response:
        shown = phones.get(phone_id).page
        if shown is None:
            raise Refused(404, "nothing_scanned", "This phone has scanned nothing yet.")
        return jsonify(shown.as_dict())

    @answers
    def phone_confirm(phone_id: str) -> Response:
        held, wish = phones.get(phone_id), body_of(Confirm)
        return jsonify(held.phone.confirm(held.ticket_id(wish.ticket_id), number=wish.number).as_dict())

    @answers
    def phone_reject(phone_id: str) -> Response:
        held, wish = phones.get(phone_id), body_of(Reject)
        return jsonify(held.phone.reject(held.ticket_id(wish.ticket_id)).as_dict())

    @answers
    def phone_watch(phone_id: str) -> tuple[Response, int]:
        held, wish = phones.get(phone_id), body_of(Watch)
        if [wish.client_id, wish.client, wish.payload].count(None) != 2:
            raise Refused(
                422, "invalid_request", "Give one of client_id, client (its address), and payload (a QR's text)."
            )
        if wish.client_id is not None:
            held.watch_screen(phones.screen_of(wish.client_id))
        elif wish.client is not None:
            held.watch(wish.client)
        else:
            held.begin(wish.payload or "")
        return jsonify(view(held)), 202

    @answers
    def phone_deeds(phone_id: str) -> Response:
        held = phones.get(phone_id)
        asked = query_of(Since)
        found = held.actions_after(asked.since, asked.wait)
        return jsonify(deeds=found, next=asked.since + len(found))


def view(held: HeldPhone, **more: Any) -> dict[str, Any]:
    """A phone, as its routes return it."""
    account = held.phone.account.as_dict() if held.phone.logged_in else None
    return {
        "phone_id": held.phone_id,
        "persona": held.persona,
        "gateway": held.phone.gateway_url,
        "account": account,
        "deeds": len(held.actions),
        **{name: value for name, value in more.items() if value is not None},
    }


def _source(wish: Scan) -> str | bytes:
    try:
        return wish.source()
    except ValueError as error:
        raise Refused(422, "invalid_request", str(error)) from None


def status_of(error: PhoneError) -> int:
    """The HTTP status of an answer that tells this error."""
    return error.status or _STATUSES.get(error.code, 422)


def _phone_error(error: PhoneError) -> Response:
    # The gateway's refusal keeps its status. The phone's own errors are about its input, its login or the connection.
    extra = {name: value for name, value in error.extra.items() if isinstance(value, str | int | float | bool | list)}
    return problem(status_of(error), error.code, error.detail, **extra)
