"""Tells clients of logins that have ended, whatever has ended them (OpenID Connect Back-Channel Logout)."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from gateway.foundation.background import Loop
from gateway.foundation.clock import Clock
from gateway.foundation.redis.due import sleep_until
from gateway.foundation.secrets import random_id
from gateway.foundation.telemetry.log_events import LogEvent
from gateway.foundation.telemetry.logs import log
from gateway.oauth.client_store import ClientStore
from gateway.oauth.granting import Granting
from gateway.oauth.model import Client
from gateway.oauth.owed_logouts import OwedLogout, OwedLogouts
from gateway.oauth.signing_keys import SigningKeys

RETRY_SECONDS: Final = (1, 4, 16, 64, 256)  # of the gateway's clock, after each failure; then no more
_AT_ONCE: Final = 16
_EVENT: Final = "http://schemas.openid.net/event/backchannel-logout"
_TOKEN_SECONDS: Final = 120
_PATIENCE_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True)
class Attempt:
    """One logout token that was sent: the client's status, or 0 and why there is none; and what follows."""

    client_id: str
    uri: str
    sid: str
    status: int
    error: str
    milliseconds: float
    again_in: int | None  # seconds


class BackchannelLogout:
    """Ends grants whose time is over, and sends a logout token for each grant that has ended."""

    def __init__(
        self, clock: Clock, clients: ClientStore, granting: Granting, owed: OwedLogouts, signing_keys: SigningKeys
    ) -> None:
        self._clock = clock
        self._clients = clients
        self._granting = granting
        self._owed = owed
        self._signing_keys = signing_keys
        self._free = threading.BoundedSemaphore(_AT_ONCE)
        self._loop = Loop("backchannel-logout", self._round)
        self.on_attempt: list[Callable[[Attempt], None]] = []
        granting.on_end.append(self._loop.wake)
        clock.on_change(self._loop.wake)

    def start(self) -> None:
        """Begin."""
        self._loop.start()

    def stop(self) -> None:
        """Begin no further attempt; what is owed stays in Redis."""
        self._loop.stop()

    def _round(self) -> None:
        end_at = self._granting.first_end()
        if self._is_due(end_at):
            self._granting.end_overdue()
        while self._is_due(tell_at := self._owed.first_due()) and (owed := self._owed.take()):
            self._free.acquire()  # released by the attempt
            threading.Thread(target=self._tell, args=(owed,), name="backchannel-logout", daemon=True).start()
        self._loop.sleep(sleep_until(self._clock, end_at, tell_at))

    def _is_due(self, moment: int | None) -> bool:
        return moment is not None and moment <= self._clock.now_ms() and not self._loop.stopping

    def _tell(self, owed: OwedLogout) -> None:
        try:
            client = self._clients.get(owed.client_id)
            again_in = self._attempt(owed, client) if client and client.backchannel_logout_uri else None
            self._owed.settle(owed, again_in)
            self._loop.wake()  # it is due again at another moment
        except Exception as error:  # noqa: BLE001 - its lease ends, and it is tried again
            log.warning(LogEvent.LOGOUT_NOT_TOLD, client=owed.client_id, error=type(error).__name__)
        finally:
            self._free.release()

    def _attempt(self, owed: OwedLogout, client: Client) -> int | None:
        """Send a logout token; the seconds after which to try again, None for never."""
        token = self._signing_keys.sign(self._claims(owed), client.id_token_signed_response_alg, typ="logout+jwt")
        began = time.perf_counter()
        status, error = _sent(client.backchannel_logout_uri, token)
        taken = round((time.perf_counter() - began) * 1000, 2)
        # A client that refuses a token refuses the next one too (section 2.8); one that has failed may recover.
        lasting = 200 <= status < 500 and status != HTTPStatus.TOO_MANY_REQUESTS
        again_in = None if lasting or owed.tries >= len(RETRY_SECONDS) else RETRY_SECONDS[owed.tries]
        if again_in is None and not 200 <= status < 300:
            log.warning(LogEvent.LOGOUT_NOT_TOLD, client=client.client_id, status=status, error=error)
        attempt = Attempt(client.client_id, client.backchannel_logout_uri, owed.sid, status, error, taken, again_in)
        for listener in self.on_attempt:
            listener(attempt)
        return again_in

    def _claims(self, owed: OwedLogout) -> dict[str, Any]:
        now = self._clock.now_ms() // 1000
        return {
            "iss": owed.issuer,
            "aud": owed.client_id,
            "iat": now,
            "exp": now + _TOKEN_SECONDS,
            "jti": random_id(),
            "sub": owed.account_id,
            "sid": owed.sid,
            "events": {_EVENT: {}},
        }


def _sent(uri: str, token: str) -> tuple[int, str]:
    """The status of the answer, whose body nobody reads; or 0 and the kind of error."""
    import requests  # most gateways have no client that is told

    form = {"logout_token": token}
    try:
        with requests.post(uri, data=form, timeout=_PATIENCE_SECONDS, allow_redirects=False, stream=True) as answer:
            return answer.status_code, ""
    except (requests.RequestException, ValueError) as error:  # an address that is none, too
        return 0, type(error).__name__
