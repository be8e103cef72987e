"""OpenID Connect CIBA: a client asks the phones of a person whom it names (CIBA Core 1.0).

A request is a targeted ticket, and the ticket is all its state: docs/decisions/0023-targeted-tickets.md.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

from gateway.config import Settings
from gateway.foundation.errors import Refusal
from gateway.foundation.secrets import ServerKey, digest
from gateway.oauth.errors import OAuthError, error_of, invalid_request
from gateway.oauth.issuer import Issuer
from gateway.oauth.model import CIBA_GRANT, Client, scope_of
from gateway.pairing.service import PairingService
from gateway.pairing.store import Aim, Registered
from gateway.pairing.targeted.service import TargetedTickets
from scan_to_login.protocol import ClientInfo, Code, DeliveryMode

LONGEST_HINT: Final = 64
_NUMBER: Final = re.compile(r"[0-9]{2}")
_SECONDS: Final = re.compile(r"[1-9][0-9]{0,8}")
_TOKEN: Final = re.compile(r"(?=.{22,1024}\Z)[A-Za-z0-9\-._~+/]+=*")  # RFC 6750 section 2.1; 128 bits and more
_HINTS: Final = ("login_hint", "login_hint_token", "id_token_hint")


class Secrets:
    """The claim secrets of these tickets, which the gateway needs for a push; and clients' tokens, sealed.

    Neither Redis nor the database holds one that could be used (docs/decisions/0006-derived-secrets.md).
    """

    def __init__(self, server_key: ServerKey) -> None:
        self._server_key = server_key

    def new(self, ticket_id: str) -> str:
        """The claim secret of a new ticket."""
        return self._server_key.token("ciba", ticket_id)

    def of_ticket(self, ticket_id: str, secret_digest: str) -> str:
        """The claim secret of a ticket, by its digest: an earlier server key may have made it."""
        made = [key.token("ciba", ticket_id) for key in self._server_key.in_force]
        return next((secret for secret in made if digest(secret) == secret_digest), made[0])

    def sealed(self, token: str) -> str:
        """A client's token as Redis may hold it."""
        from cryptography.fernet import Fernet

        return Fernet(self._key(self._server_key)).encrypt(token.encode()).decode()

    def opened(self, sealed: str) -> str:
        """The token; empty where no server key opens it."""
        from cryptography.fernet import Fernet, InvalidToken

        for server_key in self._server_key.in_force:
            with suppress(InvalidToken):
                return Fernet(self._key(server_key)).decrypt(sealed.encode()).decode()
        return ""

    @staticmethod
    def _key(server_key: ServerKey) -> bytes:
        return base64.urlsafe_b64encode(server_key.derive("ciba-notification-tokens"))


class BackchannelAuthentication:
    """Begins a login on the phones of a person; its polls are those of every ticket."""

    def __init__(
        self,
        settings: Settings,
        pairing: PairingService,
        targeted: TargetedTickets,
        issuer: Issuer,
        secrets: Secrets,
        interval: int,
    ) -> None:
        self._settings = settings
        self._pairing = pairing
        self._targeted = targeted
        self._issuer = issuer
        self._secrets = secrets
        self._interval = interval
        self.on_begin: list[Callable[[], None]] = []  # called after a request of whose outcome a client is to be told

    @property
    def on(self) -> bool:
        """Whether targeted tickets are switched on."""
        return self._targeted.on

    def begin(self, client: Client, form: dict[str, str], address: str, asked: str) -> dict[str, Any]:
        """The acknowledgement (section 7.3). The ``auth_req_id`` is ticket id and claim secret.

        ``form`` is the request (section 7.1), ``asked`` is the address that the caller has called. Raises OAuthError
        with an error of section 13. It is never ``unknown_user_id``: that would tell who has an account.
        """
        if not client.check_grant_type(CIBA_GRANT) or not client.confidential:
            raise OAuthError("unauthorized_client", "This client is not registered for CIBA, or it has no secret.")
        scope = _scope(form)
        hint = _hint(form)
        number = _number(form)
        lifetime = self._lifetime(form)
        wanted = {"client_id": client.client_id, "scope": scope, "flow": CIBA_GRANT}
        mode = client.backchannel_token_delivery_mode
        if mode != DeliveryMode.POLL:
            wanted |= {"issuer": self._issuer.told_to(asked), "notification_token": self._notification_token(form)}
        registered = Registered(
            json.dumps(wanted), verified=True, whole_life=True, client_id=client.client_id, lifetime=lifetime
        )
        told = ClientInfo(name=client.name, version="OpenID Connect", device=client.client_id)

        def issue(aim: Aim) -> dict[str, Any]:
            aim = Aim(aim.account, aim.place, aim.number, notify="" if mode == DeliveryMode.POLL else "1")
            return self._pairing.issue_ticket(
                told, address, asked, registered=registered, aim=aim, secret_of=self._secrets.new
            )

        try:
            ticket = self._targeted.issue(hint, ("ciba", client.client_id), f"client {client.client_id}", issue, number)
        except Refusal as refusal:
            if refusal.code is Code.LOGIN_UNAVAILABLE:
                raise error_of(refusal) from None
            if refusal.code is Code.TARGETED_TICKETS_OFF:
                raise OAuthError("unauthorized_client", "This gateway has targeted tickets switched off.") from None
            raise
        if mode != DeliveryMode.POLL:
            for listener in self.on_begin:
                listener()
        return {
            "auth_req_id": ticket["ticket_id"] + ticket["claim_secret"],
            "expires_in": ticket["expires_in"],
            **({} if mode == DeliveryMode.PUSH else {"interval": self._interval}),
        }

    def _notification_token(self, form: dict[str, str]) -> str:
        token = form.get("client_notification_token", "")
        if not _TOKEN.fullmatch(token):
            told = "client_notification_token is missing or no bearer token of 22 to 1024 characters."
            raise invalid_request(told)
        return self._secrets.sealed(token)

    def _lifetime(self, form: dict[str, str]) -> int:
        """The seconds that the request may live: what is asked for, up to the life of every ticket."""
        asked = form.get("requested_expiry", "")
        most = self._settings.tickets_total_seconds
        if not asked:
            return most
        if not _SECONDS.fullmatch(asked):
            raise invalid_request("requested_expiry is a positive number of seconds.")
        return min(int(asked), most)


def _scope(form: dict[str, str]) -> str:
    scope = scope_of(form.get("scope", ""))
    if scope is None or "openid" not in form.get("scope", "").split():
        raise OAuthError("invalid_scope", "The scope needs openid, and no word that the metadata does not list.")
    return scope


def _hint(form: dict[str, str]) -> str:
    if "request" in form:  # its hint is inside
        raise invalid_request("Signed requests are not supported: send the fields themselves.")
    if "user_code" in form:  # a client that sends one relies on its being checked
        raise invalid_request("user_code is not supported: the person enters the number on the phone.")
    given = [name for name in _HINTS if name in form]
    if given != ["login_hint"]:
        raise invalid_request("Send one hint: login_hint, the login name, phone number or ID number of the person.")
    if len(form["login_hint"]) > LONGEST_HINT:
        raise invalid_request(f"login_hint has at most {LONGEST_HINT} characters.")
    return form["login_hint"]


def _number(form: dict[str, str]) -> str:
    number = form.get("binding_message", "")
    if not _NUMBER.fullmatch(number):
        told = "binding_message is the two digits that the client shows, and that the person enters on the phone."
        raise OAuthError("invalid_binding_message", told)
    return number
