"""The device flow (RFC 8628): a ticket that a registered client has asked for."""

from __future__ import annotations

import json
import time
from typing import Any, Final

from gateway.accounts.model import Session
from gateway.accounts.sessions import Sessions
from gateway.config import Settings
from gateway.foundation.errors import Refusal
from gateway.oauth.errors import OAuthError, error_of, invalid_grant
from gateway.oauth.granting import Granting
from gateway.oauth.model import AMR_SCAN, Client, shown_user_code
from gateway.oauth.store import Grant, GrantStore
from gateway.pairing.model import DEAD_CODES
from gateway.pairing.service import PairingService
from gateway.pairing.store import Registered
from scan_to_login.protocol import ClientInfo, Code, NumberMatching, SessionKind, TicketReason, TicketState

TICKET_ID_LENGTH: Final = 22
CLAIM_KEY: Final = "oauth"  # of every claim here: a lost answer is repeated by polling again
_LONGEST_CODE: Final = 128


class DeviceFlow:
    """Begins a login for a device, and answers its polls. The ticket is all its state."""

    def __init__(
        self, settings: Settings, pairing: PairingService, sessions: Sessions, grants: GrantStore, granting: Granting
    ) -> None:
        self._settings = settings
        self._pairing = pairing
        self._sessions = sessions
        self._grants = grants
        self._granting = granting
        self._shows_number = settings.number_matching in (NumberMatching.REQUIRE, NumberMatching.CHOOSE)
        self.interval = settings.oauth_device_interval_seconds or (1 if settings.sim else 5)

    def begin(self, client: Client, scope: str, address: str, asked: str) -> dict[str, Any]:
        """The answer of the device authorization endpoint. The device code is ticket id and claim secret.

        ``asked`` is the address that the caller has called. Raises OAuthError ``access_denied`` while QR login is
        switched off for this client.
        """
        told = ClientInfo(name=client.name, version="OAuth 2.0", device=client.client_id)
        wanted = json.dumps({"client_id": client.client_id, "scope": scope})
        registered = Registered(wanted, client.confidential, whole_life=True, client_id=client.client_id)
        try:
            ticket = self._pairing.issue_ticket(told, address, asked, registered=registered)
        except Refusal as refusal:
            raise error_of(refusal) if refusal.code is Code.LOGIN_UNAVAILABLE else refusal from None
        user_code = self._grants.add_user_code(ticket["ticket_id"], ticket["expires_in"])
        return {
            "device_code": ticket["ticket_id"] + ticket["claim_secret"],
            "user_code": shown_user_code(user_code),
            "verification_uri": f"{self._pairing.public.told_to(asked)}/device",
            # What the phone scans: it refuses a QR with anything beside a ticket's address.
            "verification_uri_complete": ticket["qr"],
            "expires_in": ticket["expires_in"],
            "interval": self.interval,
        }

    def poll(
        self, client: Client, device_code: str, address: str, issuer: str, wait: int, claim_code: str = ""
    ) -> tuple[str, Session, str, Grant]:
        """Token, session, grant id and grant, once the phone has confirmed; repeated for a lost answer.

        Waits up to ``wait`` seconds for the outcome. Raises OAuthError ``authorization_pending``, ``slow_down``,
        ``access_denied``, ``expired_token``, ``invalid_grant``. Where the phone needs a number, the pending answer has
        it as ``number`` from the scan on; where the device needs the phone's digits, it says ``claim_code_required``,
        and ``claim_code`` brings them.
        """
        if not TICKET_ID_LENGTH < len(device_code) <= _LONGEST_CODE or not device_code.isascii():
            raise invalid_grant("The device code is unknown.")
        ticket_id, secret = device_code[:TICKET_ID_LENGTH], device_code[TICKET_ID_LENGTH:]
        state = self._pairing.present_state(ticket_id, secret, address)
        asked = json.loads(self._pairing.asked_for(ticket_id, secret) or "{}")
        if asked.get("client_id") != client.client_id or "redirect_uri" in asked:
            raise invalid_grant("The device code is another client's.")
        if state["state"] in (TicketState.PENDING, TicketState.SCANNED):
            if self._grants.too_soon(ticket_id, self.interval):
                raise OAuthError("slow_down", "Polled too soon: wait 5 seconds more between polls from now on.")
            state = self._awaited(ticket_id, secret, address, state, wait)
        try:
            token, fields = self._claimed(ticket_id, secret, address, state, claim_code)
        except Refusal as refusal:
            error = error_of(refusal)
            if refusal.code is Code.TICKET_NOT_CONFIRMED and self._shows_number and "number" in state:
                error.more = {"number": state["number"]}
            raise error from None
        grant_id = self._granting.id_of_ticket(ticket_id)
        session = self._sessions.in_force(self._granting.digest_of(token), SessionKind.CLIENT)
        auth_time, amr = int(fields["created_at"]) // 1000, " ".join(AMR_SCAN)
        grant = self._granting.open(grant_id, client, session, asked["scope"], grant_id, auth_time, amr, issuer)
        return token, session, grant_id, grant

    def _claimed(
        self, ticket_id: str, secret: str, address: str, state: dict[str, Any], claim_code: str
    ) -> tuple[str, dict[str, str]]:
        dead = DEAD_CODES.get(TicketState(state["state"]))
        if state.get("reason") == TicketReason.LOGIN_UNAVAILABLE:
            raise Refusal(Code.LOGIN_UNAVAILABLE)
        if dead is not None and dead is not Code.TICKET_SPENT:
            raise Refusal(dead)
        return self._pairing.exchange_for_token(ticket_id, secret, CLAIM_KEY, address, claim_code)

    def _awaited(self, ticket_id: str, secret: str, address: str, state: dict[str, Any], wait: int) -> dict[str, Any]:
        """The ticket after its outcome is known, or after ``wait`` seconds (RFC 7240 section 4.3)."""
        until = time.monotonic() + min(wait, self._settings.poll_wait_seconds)
        before = state["state"]
        while state["state"] in (TicketState.PENDING, TicketState.SCANNED):
            if self._shows_number and state["state"] != before:
                break  # the device has a number to show
            left = until - time.monotonic()
            if left <= 0:
                break
            try:
                state = self._pairing.poll(ticket_id, secret, address, state["version"], left)
            except Refusal as refusal:
                if refusal.code is Code.SLOW_DOWN:  # too many wait already
                    break
                raise
        return state
