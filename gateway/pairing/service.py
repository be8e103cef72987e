"""Use cases of a ticket: the actions of client and phone, and waiting for changes."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from pydantic_core import from_json

from gateway.config import Settings
from gateway.foundation import callers
from gateway.foundation.clock import Clock
from gateway.foundation.codes.one_time_codes import OTP_SECONDS, refused_code, step_of
from gateway.foundation.draining import Draining
from gateway.foundation.errors import Refusal
from gateway.foundation.secrets import ServerKey, random_id, random_token
from gateway.foundation.telemetry import metrics
from gateway.http.origins.public_address import PublicAddress
from gateway.pairing.model import DEAD_CODES
from gateway.pairing.number_matching import claim_code, verdict
from gateway.pairing.push import Listener, Push
from gateway.pairing.rotation import QrRotation
from gateway.pairing.store import UNREGISTERED, Aim, Registered, TicketStore
from scan_to_login.protocol import ClientInfo, Code, TicketState
from scan_to_login.qr_payload import login_qr

__all__ = ["OTP_SECONDS", "PairingService"]

_POLL_BURST = 5
_POLLERS_KEPT = 50_000


class PairingService:
    """All actions on tickets; routes call one method each."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        store: TicketStore,
        push: Push,
        server_key: ServerKey,
        public: PublicAddress,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._store = store
        self._push = push
        self.switch = store.switch
        self._server_key = server_key
        self._rotation = QrRotation(settings, clock, server_key)
        self.public = public
        self.draining = Draining()
        self.on_guessing: list[Callable[[str], None]] = []  # told the token of a phone that is logged out for it
        self._waits = callers.Waits(settings.poll_waits_per_ticket, settings.poll_waits_per_address)
        self._pollers: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def issue_ticket(
        self,
        client: ClientInfo,
        address: str,
        asked: str,
        replaces: tuple[str, str] | None = None,
        listener: tuple[str, Listener] | None = None,
        registered: Registered = UNREGISTERED,
        aim: Aim | None = None,
        secret_of: Callable[[str], str] | None = None,
    ) -> dict[str, Any]:
        """A new ticket with its claim secret, which is returned only here.

        ``asked`` is the address that the caller has called; the QR holds what the gateway tells such a caller.
        ``replaces`` is (ticket_id, claim_secret) of a ticket to cancel. If that ticket is unknown, another client's or
        ended, it is ignored, since a refresh after an hour must still give a ticket. ``listener`` is (name, function)
        of a socket; ``registered`` is what an OAuth client asks for. A ticket with an ``aim`` has no QR: see
        ``gateway.pairing.targeted.service``. ``secret_of`` makes the claim secret of a ticket, where it is not random.

        Raises ``too_many_tickets``, ``login_unavailable``; ``unavailable`` on a worker that is about to end.
        """
        self.draining.refuse_new()
        if self.switch.argument:
            self.switch.require_open(client["name"], registered.client_id)
        ticket_id = random_id()
        secret = secret_of(ticket_id) if secret_of else random_token()
        if listener is not None:
            self._push.listen(ticket_id, *listener)
        try:
            state = from_json(
                self._store.add_ticket(
                    ticket_id,
                    secret,
                    client,
                    address,
                    self._push.worker_id if listener else "",
                    replaces,
                    registered,
                    aim,
                )
            )
        except Refusal:
            if listener is not None:
                self._push.leave(ticket_id, listener[0])
            raise
        self._push.note(state, listener[0] if listener else "")
        answer = {
            "ticket_id": ticket_id,
            "claim_secret": secret,
            **({} if aim else {"qr": login_qr(self.public.told_to(asked), ticket_id)}),
            "state": state["state"],
            "version": state["version"],
            "expires_in": state["expires_in"],
            "expires_at": state["expires_at"],
        }
        if self._store.rotates(registered, aim):
            answer |= self._rotation.begun(ticket_id, answer["qr"])
        return answer

    def resume(self, ticket_id: str, secret: str, address: str, listener: tuple[str, Listener]) -> dict[str, Any]:
        """The ticket's present state, also after its end; ``listener`` (name, function) gets changes from now on.

        Raises ``ticket_not_found``, the same for an unknown ticket and a wrong secret.
        """
        self._push.listen(ticket_id, *listener)
        try:
            state: dict[str, Any] = from_json(self._store.watch(ticket_id, secret, address, self._push.worker_id))
        except Refusal:
            self._push.leave(ticket_id, listener[0])
            raise
        self._push.note(state, listener[0])
        if state["state"] in DEAD_CODES:
            self._push.leave(ticket_id, listener[0])
        return state

    def poll(self, ticket_id: str, secret: str, address: str, since: int | None, wait: float) -> dict[str, Any]:
        """The ticket's state when it is newer than version ``since``, or after ``wait`` seconds at the latest.

        An ended ticket is refused with its code, unless its end is new to the caller (``since`` is older). Raises
        ``slow_down`` for more than a few polls in a row without a wait, and if too many calls wait for this ticket or
        from this address. A caller who hangs up ends its wait.
        """
        news = threading.Event()
        who = f"poll:{random_id()}"
        waits = wait > 0 and since is not None

        def tell(told: dict[str, Any]) -> None:
            if since is not None and told["version"] > since:  # what another reader has just read may be no news
                news.set()

        if waits:
            self._push.listen(ticket_id, who, tell)
        try:
            state = self._read(ticket_id, secret, address, who if waits else "")
            if waits and since is not None and state["version"] <= since and state["state"] not in DEAD_CODES:
                with self._waits.one(ticket_id, address):
                    self.draining.wait(news, min(wait, self._settings.poll_wait_seconds))
                if not callers.gone():
                    state = self._read(ticket_id, secret, address, "")
            elif not waits:
                self._pace(ticket_id)
        finally:
            self._push.leave(ticket_id, who)
        dead = DEAD_CODES.get(TicketState(state["state"]))
        if dead and (state["state"] == TicketState.CLAIMED or since is None or since >= state["version"]):
            raise Refusal(dead, state=state["state"], version=state["version"])
        return state

    def present_state(self, ticket_id: str, secret: str, address: str) -> dict[str, Any]:
        """The ticket's state now, also after its end. Raises ``ticket_not_found``, ``rate_limited``."""
        return self._read(ticket_id, secret, address, "")

    def asked_for(self, ticket_id: str, secret: str) -> str:
        """See :meth:`TicketStore.read_asked`."""
        return self._store.read_asked(ticket_id, secret)

    def abandon_ticket(self, ticket_id: str, secret: str, address: str) -> dict[str, Any]:
        """Cancel by the client. Raises ``ticket_not_found``, also for a wrong secret, or the ticket's own code."""
        return _loaded(self._store.mark_cancelled(ticket_id, secret, address))

    def exchange_for_token(
        self, ticket_id: str, secret: str, idempotency_key: str, address: str, code: str = ""
    ) -> tuple[str, dict[str, str]]:
        """Exchange a confirmed ticket for a session: the token and the session's fields.

        The token is derived from the request. So the same request (same ``Idempotency-Key``), repeated within the
        window, leads to the same session, although only the token's digest is stored. ``code`` is the one that the
        phone shows, where ``number_matching`` is ``return``. Raises ``ticket_not_confirmed``, ``ticket_spent``,
        ``ticket_not_found``, ``claim_code_required``, ``claim_code_invalid``, or the ended ticket's own code.
        """
        typed = verdict(self._server_key, ticket_id, code) if code else ""
        request = ("claim", ticket_id, secret, idempotency_key or random_id())
        token = self._server_key.token(*request)
        try:
            return token, self._store.mark_claimed(ticket_id, secret, token, address, typed)
        except Refusal as refusal:
            if refusal.code is not Code.TICKET_SPENT or not idempotency_key:
                raise
            # Perhaps by this very request, before the server key was changed.
            for key in self._server_key.in_force[1:]:
                token = key.token(*request)
                with suppress(Refusal):
                    return token, self._store.mark_claimed(ticket_id, secret, token, address, typed)
            raise

    def bind_phone(self, ticket_id: str, token: str, address: str, frame: str = "") -> dict[str, Any]:
        """The content of the phone's confirm page; the ticket belongs to this device from now on.

        ``frame`` is what a QR that rotates held beside the ticket. Raises ``qr_stale``, or the ticket's own code.
        """
        fresh = self._rotation.verdict(ticket_id, frame) if frame else ""
        page = _loaded(self._store.mark_scanned(ticket_id, token, address, fresh))
        page["same_address"] = page["address"] == address
        return page

    def approve_login(self, ticket_id: str, token: str, otp: str, number: str, address: str) -> dict[str, Any]:
        """Confirm with the device's code.

        Raises ``otp_invalid`` (see ``refused_code``), ``otp_tries_exhausted`` (the phone is logged out),
        ``number_mismatch``, or the ticket's own code.
        """
        keys, now = self._server_key.otp_keys(token), self._clock.now_ms()
        step = step_of(keys, otp, now)
        try:
            with metrics.failed_logins("qr"):
                state = _loaded(self._store.mark_confirmed(ticket_id, token, address, step, number))
        except Refusal as refusal:
            if refusal.code is Code.OTP_TRIES_EXHAUSTED:
                for listener in self.on_guessing:
                    listener(token)
            if refusal.code is Code.OTP_INVALID:
                raise Refusal(refusal.code, **{**refusal.extra, **refused_code(step, now)}) from None
            raise
        if state.pop("claim_code_required", False):
            state["claim_code"] = claim_code(self._server_key, ticket_id)
        return state

    def decline_login(self, ticket_id: str, token: str, address: str) -> dict[str, Any]:
        """Reject by the device that scanned."""
        return _loaded(self._store.mark_rejected(ticket_id, token, address))

    def leave(self, ticket_id: str, who: str) -> None:
        """Stop telling ``who`` about this ticket."""
        self._push.leave(ticket_id, who)

    def qr_text(self, ticket_id: str, asked: str) -> str:
        """The text of a ticket's QR for a caller that has called ``asked``.

        Raises ``ticket_not_found``, also for a targeted ticket: nobody scans it. Raises ``qr_rotates`` for a ticket
        whose fresh QR its client alone may draw.
        """
        exists, rotates = self._store.has_qr(ticket_id)
        if not exists:
            raise Refusal(Code.TICKET_NOT_FOUND)
        if rotates:
            raise Refusal(Code.QR_ROTATES)
        return login_qr(self.public.told_to(asked), ticket_id)

    def _read(self, ticket_id: str, secret: str, address: str, who: str) -> dict[str, Any]:
        state = _loaded(self._store.watch(ticket_id, secret, address, self._push.worker_id if who else ""))
        self._push.note(state, who)
        return state

    def _pace(self, ticket_id: str) -> None:
        """A bucket of a few polls that refills by one in each interval (RFC 8628 section 3.5)."""
        interval = self._settings.poll_interval_seconds
        if interval == 0:
            return
        now = time.monotonic()
        level, last = self._pollers.pop(ticket_id, (float(_POLL_BURST), now))
        level = min(_POLL_BURST, level + (now - last) / interval)
        self._pollers[ticket_id] = (max(level - 1, 0), now)
        if len(self._pollers) > _POLLERS_KEPT:
            self._pollers.popitem(last=False)
        if level < 1:
            raise Refusal(Code.SLOW_DOWN, retry_after=max(1, round(interval)))


def _loaded(answer: str) -> dict[str, Any]:
    loaded: dict[str, Any] = from_json(answer)
    return loaded
