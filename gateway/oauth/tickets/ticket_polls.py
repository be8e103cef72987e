"""Polls of a client that waits for a ticket's outcome: of the device flow (RFC 8628) and of CIBA."""

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
from gateway.oauth.model import AMR_SCAN, DEVICE_GRANT, Client
from gateway.oauth.store import Grant, GrantStore
from gateway.pairing.model import DEAD_CODES
from gateway.pairing.service import PairingService
from scan_to_login.protocol import Code, NumberMatching, SessionKind, TicketReason, TicketState

TICKET_ID_LENGTH: Final = 22
CLAIM_KEY: Final = "oauth"  # of every claim here: a lost answer is repeated by polling again
_LONGEST_CODE: Final = 128


class TicketPolls:
    """Answers polls; a code is ticket id and claim secret, and the ticket is all the state."""

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

    def poll(
        self, client: Client, flow: str, code: str, address: str, issuer: str, wait: int, claim_code: str = ""
    ) -> tuple[str, Session, str, Grant]:
        """Token, session, grant id and grant, once the phone has confirmed; repeated for a lost answer.

        ``flow`` is the grant type that the ticket was requested for. Waits up to ``wait`` seconds for the outcome.
        Raises OAuthError ``authorization_pending``, ``slow_down``, ``access_denied``, ``expired_token``,
        ``invalid_grant``. Where the phone needs a number, the pending answer has it as ``number`` from the scan on;
        where the client needs the phone's digits, it says ``claim_code_required``, and ``claim_code`` brings them.
        """
        if not TICKET_ID_LENGTH < len(code) <= _LONGEST_CODE or not code.isascii():
            raise invalid_grant("The code is unknown.")
        ticket_id, secret = code[:TICKET_ID_LENGTH], code[TICKET_ID_LENGTH:]
        state = self._pairing.present_state(ticket_id, secret, address)
        asked = json.loads(self._pairing.asked_for(ticket_id, secret) or "{}")
        if (asked.get("client_id"), _flow_of(asked)) != (client.client_id, flow):
            raise invalid_grant("The code is another client's, or of another flow.")
        if state["state"] in (TicketState.PENDING, TicketState.SCANNED):
            if self._grants.too_soon(ticket_id, self.interval):
                raise OAuthError("slow_down", "Polled too soon: wait 5 seconds more between polls from now on.")
            state = self._awaited(ticket_id, secret, address, state, wait)
        return self.claimed(client, ticket_id, secret, address, issuer, asked["scope"], state, claim_code)

    def claimed(
        self,
        client: Client,
        ticket_id: str,
        secret: str,
        address: str,
        issuer: str,
        scope: str,
        state: dict[str, Any],
        claim_code: str = "",
    ) -> tuple[str, Session, str, Grant]:
        """The same for a ticket in this ``state``, without a wait."""
        try:
            dead = DEAD_CODES.get(TicketState(state["state"]))
            if state.get("reason") == TicketReason.LOGIN_UNAVAILABLE:
                raise Refusal(Code.LOGIN_UNAVAILABLE)
            if dead is not None and dead is not Code.TICKET_SPENT:
                raise Refusal(dead)
            token, fields = self._pairing.exchange_for_token(ticket_id, secret, CLAIM_KEY, address, claim_code)
        except Refusal as refusal:
            error = error_of(refusal)
            if refusal.code is Code.TICKET_NOT_CONFIRMED and self._shows_number and "number" in state:
                error.more = {"number": state["number"]}
            raise error from None
        grant_id = self._granting.id_of_ticket(ticket_id)
        session = self._sessions.in_force(self._granting.digest_of(token), SessionKind.CLIENT)
        auth_time, amr = int(fields["created_at"]) // 1000, " ".join(AMR_SCAN)
        grant = self._granting.open(grant_id, client, session, scope, grant_id, auth_time, amr, issuer)
        return token, session, grant_id, grant

    def abandon(self, ticket_id: str) -> None:
        """End what a ticket has led to: nobody can be told of it."""
        self._granting.end_by_id(self._granting.id_of_ticket(ticket_id))

    def _awaited(self, ticket_id: str, secret: str, address: str, state: dict[str, Any], wait: int) -> dict[str, Any]:
        """The ticket after its outcome is known, or after ``wait`` seconds (RFC 7240 section 4.3)."""
        until = time.monotonic() + min(wait, self._settings.poll_wait_seconds)
        before = state["state"]
        while state["state"] in (TicketState.PENDING, TicketState.SCANNED):
            if self._shows_number and state["state"] != before:
                break  # the client has a number to show
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


def _flow_of(asked: dict[str, str]) -> str:
    """The grant type of a ticket; a worker of an earlier version writes none for a device's."""
    return asked.get("flow") or ("" if "redirect_uri" in asked else DEVICE_GRANT)
