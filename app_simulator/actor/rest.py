"""REST routes of the phones: create, log in, scan, show the confirm page, confirm, reject, act by persona."""

import base64
import binascii
from typing import Annotated, Any

from flask import Flask, Response, jsonify, request
from pydantic import Field, SecretStr

from app_simulator.actor.personas import ACCOUNTS, DEMO_PASSWORD, SLOW_SECONDS, Persona
from app_simulator.actor.phones import HeldPhone, Phones
from app_simulator.errors import PhoneError
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

LONGEST_WAIT_SECONDS = 60
MOST_BYTES = 8 * 1024 * 1024  # a screenshot in base64


class NewPhone(Fields):
    """A phone to make. With a persona, or with an identifier, it is logged in at once."""

    persona: Persona | None = None
    identifier: Text | None = None
    password: SecretStr | None = None
    gateway: Text | None = None
    delay: float = Field(SLOW_SECONDS, ge=0, le=3600)


class Login(Fields):
    """Who logs in, and the captcha where one is due."""

    identifier: Text
    password: SecretStr
    captcha: CaptchaFields | None = None


class Scan(Fields):
    """A QR: its text, or an image in base64."""

    payload: Annotated[str, Field(min_length=1, max_length=4096)] | None = None
    image: str | None = None

    def source(self) -> str | bytes:
        """What the phone is to scan. Raises Refused 422."""
        if (self.payload is None) == (self.image is None):
            raise Refused(422, "invalid_request", "Give either payload, the QR's text, or image, a picture in base64.")
        if self.payload is not None:
            return self.payload
        try:
            return base64.b64decode(self.image or "", validate=True)
        except (binascii.Error, ValueError):
            raise Refused(422, "invalid_request", "image is not base64.") from None


class Confirm(Fields):
    """Which ticket (the one scanned last, without it), and the number on the client's screen."""

    ticket_id: Text | None = None
    number: Annotated[str, Field(pattern=r"^[0-9]{2}$")] | None = None


class Reject(Fields):
    """Which ticket; the one scanned last, without it."""

    ticket_id: Text | None = None


class Watch(Fields):
    """What the persona is to act on by itself: a client's address in `client-stub serve`, or one QR's text."""

    client: Annotated[str, Field(pattern=r"^https?://", max_length=1024)] | None = None
    payload: Annotated[str, Field(min_length=1, max_length=4096)] | None = None


def phones_app(phones: Phones) -> Flask:
    """The actor's app."""
    app = make_app("app-simulator", most_bytes=MOST_BYTES)
    app.register_error_handler(PhoneError, _phone_error)

    @app.get("/")
    def about() -> Response:
        return jsonify(actor="phones", gateway=phones.gateway_url, personas=[persona.value for persona in Persona])

    @app.post("/phones")
    def make_phone() -> tuple[Response, int]:
        wish = body_of(NewPhone)
        held = HeldPhone(wish.gateway or phones.gateway_url, wish.persona, wish.delay, phones.verify)
        identifier = wish.identifier or (ACCOUNTS[wish.persona] if wish.persona else None)
        refused = None
        if identifier:
            password = wish.password.get_secret_value() if wish.password else DEMO_PASSWORD
            try:
                held.phone.login(identifier, password)
            except PhoneError as error:
                # That this person cannot log in is what these two are there for.
                if wish.persona not in (Persona.UNREGISTERED, Persona.LOCKED):
                    held.put_down()
                    raise
                refused = error.code
                held.note({"did": "failed", "code": error.code, "detail": error.detail})
        phones.add(held)
        return jsonify(view(held, login_refused=refused)), 201

    @app.get("/phones")
    def list_phones() -> Response:
        return jsonify(phones=[view(held) for held in phones.all()])

    @app.get("/phones/<phone_id>")
    def show_phone(phone_id: str) -> Response:
        return jsonify(view(phones.get(phone_id)))

    @app.delete("/phones/<phone_id>")
    def remove_phone(phone_id: str) -> Response:
        phones.remove(phone_id)
        return Response(status=204)

    _add_deeds(app, phones)
    return app


def _add_deeds(app: Flask, phones: Phones) -> None:
    """Add the routes for one phone's actions and page."""

    @app.post("/phones/<phone_id>/login")
    def login(phone_id: str) -> Response:
        held, who = phones.get(phone_id), body_of(Login)
        captcha = who.captcha.captcha() if who.captcha else None
        held.phone.login(who.identifier, who.password.get_secret_value(), captcha=captcha)
        return jsonify(view(held))

    @app.post("/phones/<phone_id>/logout")
    def logout(phone_id: str) -> Response:
        phones.get(phone_id).phone.logout()
        return Response(status=204)

    @app.post("/phones/<phone_id>/scan")
    def scan(phone_id: str) -> Response:
        held = phones.get(phone_id)
        picture = request.mimetype.startswith("image/")
        return jsonify(held.scan(request.get_data() if picture else body_of(Scan).source()).as_dict())

    @app.get("/phones/<phone_id>/page")
    def page(phone_id: str) -> Response:
        shown = phones.get(phone_id).page
        if shown is None:
            raise Refused(404, "nothing_scanned", "This phone has scanned nothing yet.")
        return jsonify(shown.as_dict())

    @app.post("/phones/<phone_id>/confirm")
    def confirm(phone_id: str) -> Response:
        held, wish = phones.get(phone_id), body_of(Confirm)
        return jsonify(held.phone.confirm(held.ticket_id(wish.ticket_id), number=wish.number).as_dict())

    @app.post("/phones/<phone_id>/reject")
    def reject(phone_id: str) -> Response:
        held, wish = phones.get(phone_id), body_of(Reject)
        return jsonify(held.phone.reject(held.ticket_id(wish.ticket_id)).as_dict())

    @app.post("/phones/<phone_id>/watch")
    def watch(phone_id: str) -> tuple[Response, int]:
        held, wish = phones.get(phone_id), body_of(Watch)
        if (wish.client is None) == (wish.payload is None):
            raise Refused(422, "invalid_request", "Give either client, its address, or payload, a QR's text.")
        if wish.client is not None:
            held.watch(wish.client)
        else:
            held.begin(wish.payload or "")
        return jsonify(view(held)), 202

    @app.get("/phones/<phone_id>/deeds")
    def deeds(phone_id: str) -> Response:
        held = phones.get(phone_id)
        since = count_of("since")
        found = held.deeds_after(since, seconds_of("wait", LONGEST_WAIT_SECONDS))
        return jsonify(deeds=found, next=since + len(found))


def view(held: HeldPhone, **more: Any) -> dict[str, Any]:
    """A phone, as its routes return it."""
    account = held.phone.account.as_dict() if held.phone.logged_in else None
    return {
        "phone_id": held.phone_id,
        "persona": held.persona,
        "gateway": held.phone.gateway_url,
        "account": account,
        "deeds": len(held.deeds),
        **{name: value for name, value in more.items() if value is not None},
    }


def _phone_error(error: PhoneError) -> Response:
    # What the gateway refused keeps its status; what the phone found out by itself is about what it was given.
    extra = {name: value for name, value in error.extra.items() if isinstance(value, str | int | float | bool | list)}
    return problem(error.status or 422, error.code, error.detail, **extra)
