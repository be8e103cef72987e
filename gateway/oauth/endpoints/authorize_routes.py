"""Routes of the code flow: the authorization request, the steps of its page, and logout."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode

from gateway.accounts.model import Session
from gateway.accounts.routes import LOGIN_CODES, account_view, captcha_of
from gateway.foundation.errors import Refusal
from gateway.foundation.secrets import random_token
from gateway.http.routes import Call, Fields, Raw, Router
from gateway.oauth.authorization_request import Answered, AuthorizationRequest, Reply, Unanswerable, read_request
from gateway.oauth.browser_login import BrowserLogin
from gateway.oauth.client_store import ClientStore
from gateway.oauth.endpoints.authorize_page import BROWSER_COOKIE, HTML, LOGIN_COOKIE, AuthorizePage, Cookies
from gateway.oauth.endpoints.schemas import (
    AuthorizeForm,
    ClaimStepBody,
    FormField,
    PasswordStepBody,
    StepAnswer,
    StepBody,
    TicketStepBody,
    UnitStepBody,
)
from gateway.oauth.errors import JSON_TYPE, error_of
from gateway.oauth.issuer import Issuer
from gateway.pairing.model import DEAD_CODES
from gateway.pairing.routes import IssuedTicketAnswer
from gateway.units.model import STATUS_CODES
from gateway.units.schemas import PROOF_CODES, unit_view
from scan_to_login.protocol import Code

AUTHORIZE_PATH = "/oauth/authorize"


class AuthorizeRoutes:
    """Handlers of the code flow in a browser."""

    def __init__(
        self, issuer: Issuer, clients: ClientStore, login: BrowserLogin, page: AuthorizePage, cookies: Cookies
    ) -> None:
        self._issuer = issuer
        self._clients = clients
        self._login = login
        self._page = page
        self._cookies = cookies

    def oauth_authorize(self, call: Call, fields: Fields | None) -> Raw:
        """Log a person in for a client: back with a code at once, or by the page."""
        try:
            request = read_request(fields, self._clients.get, self._issuer.told_to(call.asked))
            token = Cookies.read(call.headers, LOGIN_COOKIE)
            reply = self._login.at_once(request, token)
            current = None if reply else self._login.continues(request, token)
            units = self._login.next(request, current.session) if current else None
        except Unanswerable as refused:
            return self._page.refused(call.asked, str(refused), refused.chinese)
        except Answered as answered:
            return self._page.reply(call.asked, answered.reply)
        except Refusal:
            return self._page.unavailable(call.asked)
        if reply is not None:
            return self._page.reply(call.asked, reply)
        shown: dict[str, Any] = {
            "request": urlencode(fields or [], errors="surrogateescape"),
            "client_name": request.client.name,
            "login_hint": request.login_hint,
            "ui_locales": request.ui_locales,
        }
        if isinstance(units, list) and current is not None:
            shown["step"] = self._step(units, current.session).model_dump(mode="json")
        browser = Cookies.read(call.headers, BROWSER_COOKIE)
        cookie = "" if browser else self._cookies.header(BROWSER_COOKIE, random_token(), call.asked)
        posts_to = request.redirect_uri if request.response_mode == "form_post" else ""
        return self._page.page(call.asked, shown, cookie=cookie, posts_to=posts_to)

    def oauth_authorize_post(self, call: Call, fields: Fields | None) -> Raw:
        """The same by a form (OpenID Connect Core section 3.1.2.1)."""
        return self.oauth_authorize(call, fields)

    def authorize_ticket(self, call: Call, body: TicketStepBody) -> IssuedTicketAnswer:
        """Request the ticket of the page's QR."""
        replaces = (body.replaces.ticket_id, body.replaces.claim_secret) if body.replaces else None
        browser = self._browser(call)
        request = self._request(call, body)
        return IssuedTicketAnswer(**self._login.issue_ticket(request, browser, call.address, call.asked, replaces))

    def authorize_claim(self, call: Call, body: ClaimStepBody) -> Raw:
        """Go on with the confirmed ticket; a rejected one goes back to the client as `access_denied`."""
        request = self._request(call, body)
        browser = self._browser(call)
        try:
            entered = self._login.by_ticket(
                request, browser, body.ticket_id, body.claim_secret, call.address, body.code or ""
            )
        except Refusal as refusal:
            if refusal.code is not Code.TICKET_REJECTED:
                raise
            told = error_of(refusal)
            rejected = request.reply(error=told.error, error_description=told.description)
            return Raw(self._leaving(rejected).model_dump_json().encode(), JSON_TYPE)
        return self._entered(call, request, *entered)

    def authorize_password(self, call: Call, body: PasswordStepBody) -> Raw:
        """Go on by account and password."""
        request = self._request(call, body)
        self._browser(call)
        captcha = captcha_of(body.captcha)
        entered = self._login.by_password(request, body.identifier, body.password, call.address, captcha)
        return self._entered(call, request, *entered)

    def authorize_unit(self, call: Call, body: UnitStepBody) -> StepAnswer:
        """Go on with a verified unit."""
        request = self._request(call, body)
        token = Cookies.read(call.headers, LOGIN_COOKIE)
        session = self._login.verify_unit(
            request,
            token,
            body.taxpayer_id,
            body.declaration_password,
            captcha_of(body.captcha),
            call.address,
            bind=body.bind,
        )
        return self._step(self._login.next(request, session), session)

    def _entered(self, call: Call, request: AuthorizationRequest, token: str, session: Session) -> Raw:
        answer = self._step(self._login.next(request, session), session)
        cookie = self._cookies.header(LOGIN_COOKIE, token, call.asked)
        return Raw(answer.model_dump_json().encode(), JSON_TYPE, {"Set-Cookie": cookie})

    def _step(self, outcome: Reply | list[Any], session: Session) -> StepAnswer:
        if isinstance(outcome, list):
            return StepAnswer(account=account_view(session), units=[unit_view(unit) for unit in outcome])
        return self._leaving(outcome)

    @staticmethod
    def _leaving(reply: Reply) -> StepAnswer:
        if reply.response_mode == "form_post":
            fields = [FormField(name=name, value=value) for name, value in reply.fields]
            return StepAnswer(location=reply.redirect_uri, fields=fields)
        return StepAnswer(location=reply.location)

    def _request(self, call: Call, body: StepBody) -> AuthorizationRequest:
        try:
            fields = parse_qsl(body.request, keep_blank_values=True, errors="surrogateescape", max_num_fields=64)
            return read_request(fields, self._clients.get, self._issuer.told_to(call.asked))
        except (Unanswerable, Answered, ValueError):
            raise Refusal(Code.MALFORMED_REQUEST, "The authorization request is not valid.") from None

    @staticmethod
    def _browser(call: Call) -> str:
        browser = Cookies.read(call.headers, BROWSER_COOKIE)
        if not browser:
            raise Refusal(Code.FORBIDDEN, "This browser has not begun the login, or it keeps no cookies.")
        return browser


def router(handlers: AuthorizeRoutes) -> Router:
    """The routes of the code flow before the token endpoint."""
    room = Router("oauth", "")
    for method, handler in (("GET", handlers.oauth_authorize), ("POST", handlers.oauth_authorize_post)):
        room.add(method, AUTHORIZE_PATH, handler, form=AuthorizeForm, returns=HTML)
    step = StepAnswer
    room.add(
        "POST",
        f"{AUTHORIZE_PATH}/tickets",
        handlers.authorize_ticket,
        body=TicketStepBody,
        returns=IssuedTicketAnswer,
        status=201,
        codes=(Code.TOO_MANY_TICKETS, Code.LOGIN_UNAVAILABLE, Code.FORBIDDEN),
    )
    codes = (Code.CLAIM_CODE_REQUIRED, Code.CLAIM_CODE_INVALID, Code.LOGIN_UNAVAILABLE)
    dead = (Code.TICKET_NOT_FOUND, Code.TICKET_NOT_CONFIRMED, *codes, *DEAD_CODES.values())
    room.add(
        "POST",
        f"{AUTHORIZE_PATH}/claim",
        handlers.authorize_claim,
        body=ClaimStepBody,
        returns=step,
        codes=(*dead, Code.FORBIDDEN),
    )
    room.add(
        "POST",
        f"{AUTHORIZE_PATH}/password",
        handlers.authorize_password,
        body=PasswordStepBody,
        returns=step,
        codes=(*LOGIN_CODES, Code.FORBIDDEN),
    )
    proofs = (*PROOF_CODES, *STATUS_CODES.values(), Code.DECLARATION_PASSWORD_REQUIRED)
    room.add(
        "POST",
        f"{AUTHORIZE_PATH}/unit",
        handlers.authorize_unit,
        body=UnitStepBody,
        returns=step,
        codes=(*proofs, Code.DECLARATION_PASSWORD_INVALID, Code.UNIT_NOT_FOUND, Code.UNAUTHENTICATED, Code.FORBIDDEN),
    )
    return room
