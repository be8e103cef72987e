"""Tells clients of the outcome of CIBA: by a ping, or by a push of the tokens (CIBA Core sections 10.2 and 10.3)."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from pydantic_core import from_json

from gateway.foundation.background import Loop
from gateway.foundation.clock import Clock
from gateway.foundation.errors import Refusal
from gateway.foundation.redis.due import LONGEST_SLEEP_SECONDS, LOOK_SECONDS
from gateway.foundation.telemetry.log_events import LogEvent
from gateway.foundation.telemetry.logs import log
from gateway.oauth.client_store import ClientStore
from gateway.oauth.errors import OAuthError
from gateway.oauth.model import Client
from gateway.oauth.tickets.backchannel_authentication import Secrets
from gateway.oauth.tickets.owed_notifications import OwedNotification, OwedNotifications
from gateway.oauth.tickets.ticket_polls import TicketPolls
from gateway.oauth.tokens import Tokens
from gateway.pairing.store import TicketStore
from scan_to_login.protocol import Code, DeliveryMode, TicketState

RETRY_SECONDS: Final = (1, 4, 16)  # of the gateway's clock, after each failure; a claim is repeatable for 30 s
_AT_ONCE: Final = 16
_PATIENCE_SECONDS: Final = 5.0
_WAITING: Final = (TicketState.PENDING, TicketState.SCANNED)


@dataclass(frozen=True, slots=True)
class NotificationAttempt:
    """One notification that was sent: the client's status, or 0 and why there is none; and what follows."""

    client_id: str
    uri: str
    ticket_id: str
    told: str  # `ping`, `tokens`, or an error
    status: int
    error: str
    milliseconds: float
    again_in: int | None  # seconds


class Notifications:
    """Sends what is due; each to one client, in a thread of its own."""

    def __init__(
        self,
        clock: Clock,
        clients: ClientStore,
        tickets: TicketStore,
        polls: TicketPolls,
        tokens: Tokens,
        owed: OwedNotifications,
        secrets: Secrets,
        *,
        on: bool,
    ) -> None:
        self._clock = clock
        self._clients = clients
        self._tickets = tickets
        self._polls = polls
        self._tokens = tokens
        self._owed = owed
        self._secrets = secrets
        self._on = on
        self._free = threading.BoundedSemaphore(_AT_ONCE)
        self._loop = Loop("ciba-notifications", self._round)
        self.on_attempt: list[Callable[[NotificationAttempt], None]] = []
        self.wake = self._loop.wake  # a ticket has been requested of whose outcome a client will have to be told
        clock.on_change(self.wake)

    def start(self) -> None:
        """Begin, where CIBA is on."""
        if self._on:
            self._loop.start()

    def stop(self) -> None:
        """Begin no further attempt; what is owed stays in Redis."""
        if self._on:
            self._loop.stop()

    def _round(self) -> None:
        while self._is_due(moment := self._owed.first_due()) and (owed := self._owed.take()):
            self._free.acquire()  # released by the attempt
            threading.Thread(target=self._tell, args=(owed,), name="ciba-notifications", daemon=True).start()
        # While a client waits for an outcome, any worker's script may make it due.
        self._loop.sleep(LONGEST_SLEEP_SECONDS if moment is None else LOOK_SECONDS)

    def _is_due(self, moment: int | None) -> bool:
        return moment is not None and moment <= self._clock.now_ms() and not self._loop.stopping

    def _tell(self, owed: OwedNotification) -> None:
        try:
            state = self._present(owed)
            client = self._clients.get(owed.asked.get("client_id", ""))
            if state is None or client is None or not client.backchannel_client_notification_endpoint:
                self._owed.settle(owed, state["version"] if state else 0, None)
            elif state["state"] in _WAITING:
                self._owed.settle(owed, state["version"], state["expires_at"])
            else:
                self._notify(owed, client, state)
        except Exception as error:  # noqa: BLE001 - its lease ends, and it is tried again
            log.warning(LogEvent.LOGIN_NOT_TOLD, ticket=owed.ticket_id, error=type(error).__name__)
        finally:
            self._free.release()

    def _present(self, owed: OwedNotification) -> dict[str, Any] | None:
        try:
            present: dict[str, Any] = from_json(self._tickets.present(owed.ticket_id))
        except Refusal as refusal:
            if refusal.code is not Code.TICKET_NOT_FOUND:
                raise
            return None
        return present

    def _notify(self, owed: OwedNotification, client: Client, state: dict[str, Any]) -> None:
        secret = self._secrets.of_ticket(owed.ticket_id, owed.secret_digest)
        body: dict[str, Any] = {"auth_req_id": owed.ticket_id + secret}
        version = state["version"]
        told = "ping"
        if client.backchannel_token_delivery_mode == DeliveryMode.PUSH:
            outcome = self._outcome(owed, client, secret, state)
            told = str(outcome.get("error", "tokens"))
            body |= outcome
            # The claim has moved it on; a debt that this leaves is found settled.
            version = from_json(self._tickets.present(owed.ticket_id))["version"]
        elif state["state"] == TicketState.CLAIMED:
            self._owed.settle(owed, version, None)  # its client has polled meanwhile
            return
        token = self._secrets.opened(owed.asked.get("notification_token", ""))
        began = time.perf_counter()
        status, error = _sent(client.backchannel_client_notification_endpoint, token, body)
        taken = round((time.perf_counter() - began) * 1000, 2)
        lasting = 200 <= status < 500 and status != HTTPStatus.TOO_MANY_REQUESTS
        again_in = None if lasting or owed.tries >= len(RETRY_SECONDS) else RETRY_SECONDS[owed.tries]
        if again_in is None and not 200 <= status < 300:
            if told == "tokens":
                self._polls.abandon(owed.ticket_id)
            log.warning(LogEvent.LOGIN_NOT_TOLD, client=client.client_id, status=status, error=error)
        due = None if again_in is None else self._clock.now_ms() + again_in * 1000
        self._owed.settle(owed, version, due, failed=again_in is not None)
        uri = client.backchannel_client_notification_endpoint
        attempt = NotificationAttempt(client.client_id, uri, owed.ticket_id, told, status, error, taken, again_in)
        for listener in self.on_attempt:
            listener(attempt)

    def _outcome(self, owed: OwedNotification, client: Client, secret: str, state: dict[str, Any]) -> dict[str, Any]:
        """The tokens, or the error of section 12."""
        asked = owed.asked
        try:
            token, session, grant_id, grant = self._polls.claimed(
                client, owed.ticket_id, secret, owed.address, asked["issuer"], asked["scope"], state
            )
        except OAuthError as error:
            known = error.error if error.error in ("access_denied", "expired_token") else "transaction_failed"
            return {"error": known, "error_description": error.description}
        return self._tokens.answer(client, token, session, grant_id, grant, auth_req_id=owed.ticket_id + secret)


def _sent(uri: str, token: str, body: dict[str, Any]) -> tuple[int, str]:
    """The status of the answer, whose body nobody reads; or 0 and the kind of error."""
    import requests  # most gateways have no client that is told

    headers = {"Authorization": f"Bearer {token}"}
    try:
        with requests.post(
            uri, json=body, headers=headers, timeout=_PATIENCE_SECONDS, allow_redirects=False, stream=True
        ) as answer:
            return answer.status_code, ""
    except (requests.RequestException, ValueError) as error:  # an address that is none, too
        return 0, type(error).__name__
