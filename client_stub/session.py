"""The calls of a client's session over REST: units, verification, binding, logout."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from urllib.parse import quote

from client_stub.errors import ClientError, LocalCode, bad_answer
from client_stub.model import Function, Login, ResetOffer, Session, Unit
from scan_to_login.captcha import Captcha, CaptchaImage, with_captcha
from scan_to_login.http_client import HttpClient
from scan_to_login.protocol import SIM_PREFIX, ClientInfo, Code, sim_authorization
from scan_to_login.rules.identifiers import is_taxpayer_id

T = TypeVar("T")


class SessionCalls:
    """The session's half of a client. Every method raises ClientError and takes a few milliseconds to seconds.

    ``unit`` is a taxpayer number or an alias of the gateway's seed. ``captcha`` answers a picture of ``captcha()``,
    after a refusal with ``captcha_required``.
    """

    def __init__(self, rest: HttpClient, info: ClientInfo, sim_token: str = "") -> None:
        self._rest = rest
        self._sim_token = sim_token
        self.info = info
        self._token: str | None = None
        self._aliases: dict[str, str] = {}

    @property
    def access_token(self) -> str | None:
        """The session's bearer token, for the caller's own calls; None before a login and after a logout."""
        return self._token

    def login(self, identifier: str, password: str, captcha: Captcha | tuple[str, str] | None = None) -> Login:
        """Log in by ``password`` instead of a QR. ``identifier`` is a phone number, a login name or an ID number.

        Raises ClientError, among them ``invalid_credentials``, ``captcha_required``, ``account_locked``.
        """
        body: dict[str, Any] = {"identifier": identifier, "password": password, "client": self.info}
        return self._begin(self._rest.call("POST", "/sessions", body=with_captcha(body, captcha)))

    def captcha(self, identifier: str = "", *, unit: str = "") -> CaptchaImage:
        """A picture to read, for the call that was refused with ``captcha_required`` and for no other.

        Give ``identifier`` for a login by account, or ``unit`` for a declaration password.
        """
        body = {"taxpayer_id": self.taxpayer_id(unit)} if unit else {"identifier": identifier}
        return self._read(CaptchaImage.from_wire, self._rest.call("POST", "/captchas", body=body))

    def units(self) -> tuple[Unit, ...]:
        """The units that this account is bound to or authorized for."""
        body = self._rest.call("GET", "/units", authorization=self._bearer())
        return self._read(lambda answer: tuple(Unit.from_wire(unit) for unit in answer["units"]), body)

    def verify_unit(
        self, unit: str, declaration_password: str | None = None, captcha: Captcha | tuple[str, str] | None = None
    ) -> Session:
        """Unit verification (单位办税验证); returns the session, now in the stage ``unit_verified``.

        No ``declaration_password`` is needed where an authorization is in force. Raises ClientError, among them
        ``declaration_password_required``, ``declaration_password_invalid``, ``unit_not_found``, ``unit_locked``.
        """
        body = {} if declaration_password is None else {"declaration_password": declaration_password}
        path = f"/units/{self.taxpayer_id(unit)}/verification"
        answer = self._rest.call("POST", path, body=with_captcha(body, captcha), authorization=self._bearer())
        return self._read(Session.from_wire, answer)

    def bind_unit(
        self, unit: str, declaration_password: str, captcha: Captcha | tuple[str, str] | None = None
    ) -> Session:
        """Bind a ``unit`` for the first time by its ``declaration_password``, which verifies it too."""
        body = {"taxpayer_id": self.taxpayer_id(unit), "declaration_password": declaration_password}
        answer = self._rest.call("POST", "/units", body=with_captcha(body, captcha), authorization=self._bearer())
        return self._read(Session.from_wire, answer)

    def login_by_unit(
        self, unit: str, declaration_password: str, captcha: Captcha | tuple[str, str] | None = None
    ) -> Session:
        """Log in by a ``unit`` and its ``declaration_password`` alone, as before the cut-over of 2020.

        Raises ClientError, among them ``legacy_login_closed`` when the gateway's clock is past the cut-over.
        """
        body = {
            "taxpayer_id": self.taxpayer_id(unit),
            "declaration_password": declaration_password,
            "client": self.info,
        }
        answer = self._rest.call("POST", "/legacy-sessions", body=with_captcha(body, captcha))
        self._token = self._read(lambda login: str(login["access_token"]), answer)
        return self.session()

    def menu(self) -> tuple[Function, ...]:
        """The functions open to this person at the verified unit.

        Raises ClientError ``unit_verification_required`` before one is verified.
        """
        body = self._rest.call("GET", "/session/menu", authorization=self._bearer())
        return self._read(lambda answer: tuple(Function.from_wire(entry) for entry in answer["functions"]), body)

    def reset_offer(self, unit: str) -> ResetOffer:
        """For a forgotten password of ``unit`` (忘记申报密码): a QR for the app, and the WEB platform's page."""
        path = f"/units/{self.taxpayer_id(unit)}/declaration-password"
        return self._read(ResetOffer.from_wire, self._rest.call("GET", path, authorization=self._bearer()))

    def session(self) -> Session:
        """The session as the gateway sees it."""
        return self._read(Session.from_wire, self._rest.call("GET", "/session", authorization=self._bearer()))

    def logout(self) -> None:
        """End the session and forget it; a session that has ended already is no error."""
        try:
            self._rest.call("DELETE", "/session", authorization=self._bearer())
        except ClientError as error:
            if error.code != Code.UNAUTHENTICATED:
                raise
        self._token = None

    def taxpayer_id(self, unit: str) -> str:
        """The taxpayer number of ``unit``; an alias is looked up in the gateway's seed.

        Raises ClientError ``unknown_alias``.
        """
        if is_taxpayer_id(unit):
            return unit
        if unit not in self._aliases:
            self._aliases[unit] = self._look_up(unit)
        return self._aliases[unit]

    def _look_up(self, unit: str) -> str:
        try:
            authorization = sim_authorization(os.environ, self._sim_token)
            path = f"/seed/units/{quote(unit, safe='')}"
            found = self._rest.call("GET", path, prefix=SIM_PREFIX, authorization=authorization)
        except ClientError as error:
            if error.code == Code.NOT_IN_SEED:
                raise _unknown_alias(unit, error.detail, error.extra) from None
            if error.status in (404, 405):
                raise _unknown_alias(unit, "This gateway has no seed to look it up in.") from None
            raise
        return self._read(lambda body: str(body["taxpayer_id"]), found)

    def _begin(self, body: dict[str, Any]) -> Login:
        login = self._read(Login.from_wire, body)
        self._token = login.access_token
        return login

    def _bearer(self) -> str:
        if self._token is None:
            raise ClientError(LocalCode.NO_SESSION, "There is no session yet: claim a confirmed ticket, or log in.")
        return f"Bearer {self._token}"

    def _read(self, parse: Callable[[dict[str, Any]], T], body: dict[str, Any]) -> T:
        try:
            return parse(body)
        except (KeyError, TypeError, ValueError, AttributeError):
            raise bad_answer(self._rest.gateway_url, "JSON without the members that it must have") from None


def _unknown_alias(unit: str, why: str, extra: Mapping[str, Any] | None = None) -> ClientError:
    detail = f"{unit!r} is no taxpayer number and no known alias. {why}"
    return ClientError(LocalCode.UNKNOWN_ALIAS, detail, extra={**(extra or {}), "unit": unit})
