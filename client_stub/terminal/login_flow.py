"""The command line's part of a QR login, from the first QR to a session."""

from __future__ import annotations

import contextlib
import queue
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import click

from client_stub.client import Client
from client_stub.errors import ClientError, LocalCode, ending
from client_stub.model import Availability, Connection, Login, Update
from client_stub.terminal.catalog import Catalog, sentence
from client_stub.terminal.keyboard import Key, keys
from client_stub.terminal.output import Output
from client_stub.terminal.qr_file import write_qr
from client_stub.terminal.remembered import keep_token, remembered_token
from client_stub.ticket_watcher import Signal
from scan_to_login.protocol import Code, TicketState
from scan_to_login.rules.typed import folded_number

REFRESH_KEY = "r"
QUIT_KEY = "q"


@dataclass(frozen=True, slots=True)
class WaitOptions:
    """Options of the wait for the phone."""

    qr_file: Path | None = None
    timeout: float | None = None
    """Longest wait for a confirm in seconds; None to wait as long as the tickets live."""
    refreshes: int = 0
    """Number of expired tickets that it replaces without a question."""
    keyed: bool = False
    """Whether a person can press keys, and decide after a ticket's end."""
    target: str | None = None
    """The account whose phones are asked; None for a QR."""
    remember: Path | None = None
    """File that keeps this computer's token for the next login; None for none."""


class PhoneWait:
    """Shows tickets until one is confirmed, and claims it. It cancels a ticket that is still alive at the end."""

    def __init__(self, client: Client, view: Output, say: Catalog, options: WaitOptions) -> None:
        self._client = client
        self._view = view
        self._say = say
        self._options = options
        self._refreshes = options.refreshes
        self._keys = contextlib.ExitStack()
        self._signals: queue.SimpleQueue[Signal | Key] = queue.SimpleQueue()
        self._give_up = None if options.timeout is None else time.monotonic() + options.timeout

    def run(self) -> Login:
        """Returns the session. Raises ClientError for every other end."""
        unsubscribe = self._client.subscribe(self._signals.put)
        with contextlib.ExitStack() as stack:
            stack.callback(unsubscribe)
            stack.callback(self._abandon)
            stack.enter_context(self._keys)
            if self._options.keyed:
                self._keys.enter_context(keys(self._signals.put))
            stack.callback(self._view.close)
            self._request()
            while True:
                login = self._handle(self._next())
                if login is not None:
                    return login

    def _request(self) -> None:
        """The first ticket: by this computer's token where there is one that still counts."""
        token = remembered_token(self._options.remember)
        if token:
            try:
                self._client.request_ticket(remembered=token)
            except ClientError as error:
                if error.code != Code.REMEMBERED_INVALID:
                    raise
                self._view.note(sentence(error, self._say))
            else:
                return
        self._client.request_ticket(target=self._options.target)

    def _keep(self, login: Login) -> None:
        path = self._options.remember
        if path is not None and login.remembered:
            try:
                keep_token(path, login.remembered)
            except OSError as error:
                reason = error.strerror or type(error).__name__
                self._view.note(self._say("remember.unwritable", path=path, reason=reason))

    def _next(self) -> Signal | Key | None:
        try:
            return self._signals.get(timeout=self._pause())
        except queue.Empty:
            return None

    def _handle(self, signal: Signal | Key | None) -> Login | None:
        match signal:
            case None:
                self._check_time()
                self._redraw()
                self._view.tick(self._client.remaining)
            case Key(name):
                self._pressed(name)
            case Connection(alive):
                self._view.connection(alive)
            case Availability(available):
                if available and self._options.keyed:
                    self._view.note(self._say("line.available"))
            case ClientError():
                if not self._options.keyed:
                    raise signal
                self._view.note(sentence(signal, self._say))
            case Update():
                return self._told(signal)
        return None

    def _told(self, update: Update) -> Login | None:
        ticket = self._client.ticket
        if ticket is None or update.ticket_id != ticket.ticket_id:
            return None  # of a ticket that a new one has replaced
        if update.state is TicketState.PENDING:
            self._write_qr(ticket.shown_qr)
            self._view.ticket(ticket, update)
            return None
        self._view.update(update)
        if update.state is TicketState.CONFIRMED:
            login = self._claim_typed() if update.claim_code_required else self._claim()
            self._keep(login)
            self._view.logged_in(login, self._client.state)
            return login
        if not update.live:
            self._over(update)
        return None

    def _claim(self, code: str | None = None) -> Login:
        return self._client.claim(code=code, remember=self._options.remember is not None)

    def _claim_typed(self) -> Login:
        """Claim with the digits that the phone shows: typed by a person, or a line of standard input each."""
        self._keys.close()  # the keyboard is for the digits now
        self._view.close()
        while True:
            try:
                return self._claim(self._typed_code())
            except ClientError as error:
                if error.code != Code.CLAIM_CODE_INVALID or not error.extra.get("claim_tries_left"):
                    raise
                self._view.note(sentence(error, self._say))

    def _typed_code(self) -> str:
        if self._options.keyed:
            return folded_number(str(click.prompt(self._say("ask.claim_code"))))
        self._view.note(self._say("line.claim_code"))
        line = sys.stdin.readline()
        if not line:
            raise ClientError(Code.CLAIM_CODE_REQUIRED, "The claim needs the six digits that the phone shows.")
        return folded_number(line.strip())

    def _over(self, update: Update) -> None:
        if update.state is TicketState.EXPIRED and self._refreshes > 0:
            self._refreshes -= 1
            self._client.refresh()
        elif not self._options.keyed:
            raise ending(update.state, update.reason)

    def _pressed(self, name: str) -> None:
        if name == REFRESH_KEY:
            try:
                self._client.refresh()
            except ClientError as error:
                self._view.note(sentence(error, self._say))  # the person may press it again
        elif name == QUIT_KEY:
            state = self._client.state
            raise ending(TicketState.CANCELLED) if state is None or state.live else ending(state.state, state.reason)

    def _write_qr(self, qr: str, *, noted: bool = True) -> None:
        path = self._options.qr_file
        if path is None or not qr:
            return
        try:
            write_qr(qr, path)
        except OSError as error:
            values = {"path": str(path), "reason": error.strerror or type(error).__name__}
            raise ClientError(LocalCode.QR_FILE, "The QR cannot be written to its file.", extra=values) from None
        if noted:
            self._view.note(self._say("qr.written", path=path))

    def _redraw(self) -> None:
        """The next frame of a rotating QR, while somebody may scan it."""
        ticket, state = self._client.ticket, self._client.state
        if ticket is None or ticket.rotation is None or state is None or state.state is not TicketState.PENDING:
            return
        self._write_qr(ticket.shown_qr, noted=False)
        self._view.redraw(ticket)

    def _pause(self) -> float | None:
        """Longest sleep in seconds: to the next full second of the countdown, or to the end of the wait."""
        pauses = []
        remaining = self._client.remaining
        if self._options.keyed and remaining:
            pauses.append(remaining % 1.0 or 1.0)
        ticket, state = self._client.ticket, self._client.state
        if ticket is not None and ticket.rotation is not None and state is not None and state.live:
            pauses.append(ticket.rotation.period)
        if self._give_up is not None:
            pauses.append(max(0.0, self._give_up - time.monotonic()))
        return min(pauses, default=None)

    def _check_time(self) -> None:
        if self._give_up is not None and time.monotonic() >= self._give_up:
            raise ClientError(
                LocalCode.TIMED_OUT,
                f"Nobody confirmed within {self._options.timeout:g} s.",
                extra={"seconds": self._options.timeout},
            )

    def _abandon(self) -> None:
        state = self._client.state
        if state is not None and state.live:
            # Best effort: a ticket that cannot be cancelled expires by itself.
            with contextlib.suppress(ClientError):
                self._view.abandoned(self._client.cancel())
