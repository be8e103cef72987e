"""The authorization request of the code flow: what a browser brings, checked before anybody logs in.

Pure: RFC 6749 section 4.1.1, RFC 7636, RFC 9700, OpenID Connect Core section 3.1.2.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode, urlsplit, urlunsplit

from gateway.http.routes import Fields
from gateway.oauth.errors import OAuthError
from gateway.oauth.model import CODE_GRANT, UNIT_VERIFIED, Client, scope_of

_CHALLENGE: Final = re.compile(r"[A-Za-z0-9\-._~]{43,128}\Z")
_PROMPTS: Final = frozenset({"none", "login", "select_account", "consent"})
_REFUSED: Final = {  # OpenID Connect Core section 6; Registration of clients within a request
    "request": "request_not_supported",
    "request_uri": "request_uri_not_supported",
    "registration": "registration_not_supported",
}
LONGEST_FIELD: Final = 2000
UNREADABLE: Final = ("The parameters of the request cannot be read.", "无法读取请求参数，请联系应用的开发者。")


class Unanswerable(Exception):  # noqa: N818 - it is an answer, not a fault
    """A request whose client or redirect URI is wrong: the browser is sent nowhere, and its person is told."""

    def __init__(self, sentence: str, chinese: str) -> None:
        super().__init__(sentence)
        self.chinese = chinese


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes back to the client, by the browser."""

    redirect_uri: str
    response_mode: str
    fields: tuple[tuple[str, str], ...]

    @property
    def location(self) -> str:
        """The address with the reply in its query; bytes of ``state`` come back as they were sent."""
        parts = urlsplit(self.redirect_uri)
        added = urlencode(self.fields, errors="surrogateescape")
        return urlunsplit((*parts[:3], "&".join(filter(None, (parts.query, added))), ""))


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    """A request that its client may make."""

    client: Client
    redirect_uri: str
    response_mode: str
    state: str | None
    scope: str
    nonce: str
    code_challenge: str
    prompts: frozenset[str]
    max_age: int | None
    login_hint: str
    ui_locales: str
    needs_unit: bool
    issuer: str  # that its browser is told

    @property
    def fresh(self) -> bool:
        """Whether a login is asked for even if there is one."""
        return bool(self.prompts & {"login", "select_account"}) or self.max_age == 0

    def reply(self, **fields: str) -> Reply:
        """An answer to this request, with its ``state`` and the issuer (RFC 9207)."""
        return _reply(self.redirect_uri, self.response_mode, self.state, self.issuer, fields)


class Answered(Exception):  # noqa: N818 - it is an answer, not a fault
    """A wrong request of a right client: ``reply`` carries the error to it."""

    def __init__(self, reply: Reply) -> None:
        super().__init__()
        self.reply = reply


def read_request(fields: Fields | None, client_of: Callable[[str], Client | None], issuer: str) -> AuthorizationRequest:
    """The request in these fields. Raises Unanswerable, or Answered with the error for the client."""
    if fields is None:
        raise Unanswerable(*UNREADABLE)
    names = [name for name, _ in fields]
    given = {name: value for name, value in reversed(fields) if value}
    for name in ("client_id", "redirect_uri"):
        if names.count(name) != 1 or name not in given:
            raise Unanswerable(f"The request needs {name}, once.", f"请求中 {name} 必须有且仅有一个。")
    client = client_of(given["client_id"])
    if client is None:
        raise Unanswerable("No client is registered under this client_id.", "此 client_id 未注册，请联系应用的开发者。")
    redirect_uri = given["redirect_uri"]
    if not client.fits(redirect_uri):
        raise Unanswerable(
            "The redirect_uri is not registered for this client.",
            "此 redirect_uri 未登记，请联系应用的开发者。",
        )
    mode = given.get("response_mode", "query")
    state = given.get("state")
    try:
        return _checked(client, redirect_uri, names, given, issuer)
    except OAuthError as error:
        told = {"error": error.error, "error_description": error.description}
        reply = _reply(redirect_uri, mode if mode == "form_post" else "query", state, issuer, told)
        raise Answered(reply) from None


def _checked(
    client: Client, redirect_uri: str, names: list[str], given: dict[str, str], issuer: str
) -> AuthorizationRequest:
    _refuse_shape(names, given)
    if given.get("response_type") != "code":
        named = "response_type" in given
        raise OAuthError("unsupported_response_type" if named else "invalid_request", "response_type must be code.")
    if not client.check_grant_type(CODE_GRANT):
        raise OAuthError("unauthorized_client", "This client is not registered for the code flow.")
    if given.get("response_mode", "query") not in ("query", "form_post"):
        raise OAuthError("invalid_request", "response_mode must be query or form_post.")
    scope = scope_of(given.get("scope"))
    if scope is None:
        raise OAuthError("invalid_scope", "The scope has a word that the metadata does not list.")
    prompts = frozenset(given.get("prompt", "").split())
    if prompts - _PROMPTS or ("none" in prompts and len(prompts) > 1):
        raise OAuthError("invalid_request", "prompt must be none, or any of login, select_account, consent.")
    return AuthorizationRequest(
        client,
        redirect_uri,
        given.get("response_mode", "query"),
        given.get("state"),
        scope,
        given.get("nonce", ""),
        _challenge(client, given),
        prompts,
        _max_age(given.get("max_age")),
        given.get("login_hint", "")[:64],
        given.get("ui_locales", ""),
        UNIT_VERIFIED in given.get("acr_values", "").split(),
        issuer,
    )


def _refuse_shape(names: list[str], given: dict[str, str]) -> None:
    if len(set(names)) != len(names):
        raise OAuthError("invalid_request", "A parameter is there twice.")
    for name, value in given.items():
        if len(value) > LONGEST_FIELD:
            raise OAuthError("invalid_request", "A parameter is too long.")
        if name != "state" and ("\0" in value or any("\ud800" <= one <= "\udfff" for one in value)):
            raise OAuthError("invalid_request", "A parameter is no text in UTF-8.")
    for name, error in _REFUSED.items():
        if name in given:
            raise OAuthError(error, f"The parameter {name} is not supported.")


def _challenge(client: Client, given: dict[str, str]) -> str:
    challenge = given.get("code_challenge", "")
    if not challenge:
        if "code_challenge_method" in given or not client.confidential:
            raise OAuthError("invalid_request", "code_challenge is missing: this client needs PKCE.")
        return ""
    if given.get("code_challenge_method") != "S256":
        raise OAuthError("invalid_request", "code_challenge_method must be S256.")
    if not _CHALLENGE.match(challenge):
        raise OAuthError("invalid_request", "code_challenge has 43 to 128 letters of base64url.")
    return challenge


def _max_age(given: str | None) -> int | None:
    if given is None:
        return None
    if not re.fullmatch(r"[0-9]{1,9}", given):
        raise OAuthError("invalid_request", "max_age is a number of seconds.")
    return int(given)


def _reply(redirect_uri: str, mode: str, state: str | None, issuer: str, fields: dict[str, str]) -> Reply:
    named = {**fields, **({"state": state} if state is not None else {}), "iss": issuer}
    return Reply(redirect_uri, mode, tuple(named.items()))
