"""Shows a login: to a person, or as one JSON object a line for a script."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import IO, Any, Protocol

from rich.console import Console, Group
from rich.live import Live
from rich.text import Text

from client_stub.errors import STATE_OF_REFUSAL, ClientError
from client_stub.model import Login, Session, Ticket, Update
from client_stub.terminal.catalog import Catalog, sentence
from scan_to_login.protocol import TicketState
from scan_to_login.terminal.qr import room_for, terminal_qr


class Output(Protocol):
    """The events of a login that the command line shows."""

    def ticket(self, ticket: Ticket, update: Update) -> None:
        """A new QR is there to scan."""

    def update(self, update: Update) -> None:
        """The ticket has reached another state."""

    def tick(self, remaining: float | None) -> None:
        """Time has passed; ``remaining`` seconds are left."""

    def redraw(self, ticket: Ticket) -> None:
        """A rotating QR has another frame now."""

    def connection(self, alive: bool) -> None:
        """The connection was lost, or is back."""

    def note(self, text: str) -> None:
        """A remark."""

    def logged_in(self, login: Login, update: Update | None) -> None:
        """There is a session, from the ticket or (None) by password. The unit verification follows."""

    def ended(self, session: Session | None, error: ClientError | None) -> None:
        """The end: the session with its verified unit, or the reason why there is none."""

    def abandoned(self, update: Update) -> None:
        """The login ended and cancelled its live ticket."""

    def close(self) -> None:
        """Give the screen back before a question."""


class JsonOutput:
    """One line for each state. The last also has ``stage``, and ``error`` where one ended the login."""

    def __init__(self, say: Catalog, out: IO[str]) -> None:
        self._say = say
        self._out = out
        self._pending: dict[str, Any] | None = None
        self._logged_in = False
        # Where the encoding has no Chinese, JSON's escapes stand for it.
        self._ascii = "utf" not in (getattr(out, "encoding", None) or "").lower()

    def ticket(self, ticket: Ticket, update: Update) -> None:
        self._state(update, {**({"qr": ticket.shown_qr} if ticket.qr else {}), "expires_at": ticket.expires_at})

    def update(self, update: Update) -> None:
        self._state(update, {})

    def tick(self, remaining: float | None) -> None:
        pass

    def redraw(self, ticket: Ticket) -> None:
        pass

    def connection(self, alive: bool) -> None:
        pass

    def note(self, text: str) -> None:
        pass

    def logged_in(self, login: Login, update: Update | None) -> None:
        self._logged_in = True
        if update is not None:
            self._state(update, {})
        line = {"account": asdict(login.account), "units": [asdict(unit) for unit in login.units], "next": login.next}
        self._pending = {**(self._pending or {"state": None}), **line}

    def ended(self, session: Session | None, error: ClientError | None) -> None:
        line = self._pending or {"state": None}
        self._pending = None
        line["stage"] = "logged_in" if self._logged_in else None
        if session is not None:
            line |= {"stage": str(session.stage), "unit": None if session.unit is None else asdict(session.unit)}
        if error is not None:
            line["error"] = {"code": error.code, "detail": sentence(error, self._say)}
        self._write(line)

    def abandoned(self, update: Update) -> None:
        self._state(update, {})

    def close(self) -> None:
        pass

    def _state(self, update: Update, more: dict[str, Any]) -> None:
        # A state is held back until the next is known, for only the last line has the stage. The QR and the person
        # who scanned are written at once, since a reader waits for them.
        self._flush()
        line = {
            name: value for name, value in asdict(update).items() if value is not None and value is not False
        } | more
        line = {"state": line.pop("state"), **line}
        if update.live:
            self._write(line)
        else:
            self._pending = line

    def _flush(self) -> None:
        if self._pending is not None:
            self._write(self._pending)
            self._pending = None

    def _write(self, line: dict[str, Any]) -> None:
        self._out.write(json.dumps(line, ensure_ascii=self._ascii) + "\n")
        self._out.flush()


class ScreenOutput:
    """For a person: the QR, each change as a line that stays, and below them one that counts down.

    ``keyed`` says whether keys are read; then the line offers them and counts down.
    """

    def __init__(self, say: Catalog, console: Console, *, keyed: bool) -> None:
        self._say = say
        self._console = console
        self._keyed = keyed
        self._live: Live | None = None
        self._doing = ""
        self._tickets = 0
        self._with_qr = True
        self._last: TicketState | None = None
        self._rotating = False
        self._picture: Text | None = None  # of a QR that rotates: it is drawn anew above the countdown

    def ticket(self, ticket: Ticket, update: Update) -> None:
        self.close()
        self._tickets += 1
        self._with_qr = bool(ticket.qr)
        if self._keyed and self._tickets > 1:
            self._console.clear()  # a person would scan an ended QR above a live one
        qr = ticket.shown_qr
        self._rotating = ticket.rotation is not None and self._console.is_terminal
        picture = terminal_qr(qr, self._console) if qr else None
        if not qr:
            self._line(self._say("phone.open"))
        elif picture is None:
            columns, rows = room_for(qr)
            self._line(self._say("qr.no_room", columns=columns, rows=rows))
        else:
            if self._rotating:
                self._picture = picture
            else:
                self._console.print(picture, soft_wrap=True)
            self._line(self._say("qr.scan"))
        if qr:
            self._line(self._say("qr.address", qr=qr))
        self._count(self._say("state.pending"), update.expires_in)

    def redraw(self, ticket: Ticket) -> None:
        if self._picture is not None:
            self._picture = terminal_qr(ticket.shown_qr, self._console)

    def update(self, update: Update) -> None:
        self._last = update.state
        who = update.scanned_by
        values: dict[str, object] = {"who": "" if who is None else who.display_name}
        key = f"state.{update.state}"
        if update.state is TicketState.SCANNED and update.number:
            key, values["number"] = "state.scanned_number", update.number
        self.close()
        told = self._say(key, **values) if self._with_qr else self._opened(key, values)
        self._line(self._say("sentence", sentence=told))
        if self._keyed and update.state is not TicketState.CONFIRMED:
            self._count("", update.expires_in)

    def _opened(self, key: str, values: dict[str, object]) -> str:
        """The same of a ticket that nobody scans: its number is typed on the phone."""
        return self._say("phone.opened", **values) if "number" in values else self._say(key, **values)

    def tick(self, remaining: float | None) -> None:
        if self._live is not None:
            self._live.update(self._drawn(remaining), refresh=True)

    def connection(self, alive: bool) -> None:
        self._line(self._say("line.back" if alive else "line.lost"))

    def note(self, text: str) -> None:
        self._line(text)

    def logged_in(self, login: Login, update: Update | None) -> None:
        self.close()
        self._last = None if update is None else update.state
        self._line(self._say("sentence", sentence=self._say("state.claimed", who=login.account.display_name)))

    def ended(self, session: Session | None, error: ClientError | None) -> None:
        self.close()
        shown = error is not None and self._last is not None and STATE_OF_REFUSAL.get(error.code) is self._last
        if error is not None and not shown:
            told = f"client-stub: {sentence(error, self._say)}"
            Console(stderr=True, soft_wrap=True, highlight=False, markup=False).print(told)
        if session is not None and session.unit is not None:
            self._line(self._say("sentence", sentence=self._say("unit.verified", unit=session.unit.name)))

    def abandoned(self, update: Update) -> None:
        pass

    def close(self) -> None:
        if self._live is not None:
            self._live.stop()
            self._live = None
        self._picture = None

    def _count(self, doing: str, remaining: float | None) -> None:
        self._doing = doing
        if not self._keyed and not self._rotating:
            self._console.print(self._status(remaining))
            return
        # Transient: a stopped countdown in the scrollback would be wrong.
        self._live = Live(self._drawn(remaining), console=self._console, auto_refresh=False, transient=True)
        self._live.start(refresh=True)

    def _drawn(self, remaining: float | None) -> Group | Text:
        status = self._status(remaining)
        return status if self._picture is None else Group(self._picture, status)

    def _status(self, remaining: float | None) -> Text:
        parts = [
            self._doing,
            "" if remaining is None else self._say("countdown", left=_clock(remaining)),
            self._say("keys") if self._keyed else "",
        ]
        return Text(" · ".join(filter(None, parts)), overflow="ellipsis", no_wrap=True)

    def _line(self, text: str) -> None:
        self._console.print(Text(text), soft_wrap=True)


def _clock(seconds: float) -> str:
    whole = int(seconds + 0.999)
    return f"{whole // 60}:{whole % 60:02d}"


def make_output(say: Catalog, *, as_json: bool, keyed: bool) -> Output:
    """The view for standard output."""
    if as_json:
        return JsonOutput(say, sys.stdout)
    return ScreenOutput(say, Console(highlight=False), keyed=keyed)
