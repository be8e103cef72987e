"""Route of the journal."""

import json
from collections.abc import Callable
from enum import StrEnum
from typing import Any

from pydantic import ConfigDict, Field

from gateway.control.journal.journal import Entry, Journal, Kind, Participant
from gateway.control.journal.mermaid import sequence_diagram
from gateway.http.routes import Answer, Call, Raw, Router, absent
from scan_to_login.protocol import Code
from scan_to_login.request_shapes import Query

LONGEST_WAIT_SECONDS = 60


class Format(StrEnum):
    """The format of the journal."""

    JSON = "json"
    NDJSON = "ndjson"
    MERMAID = "mermaid"


class JournalQuery(Query):
    """The entries to read; `wait` is for the first that matches."""

    since: int = Field(default=0, ge=0, le=10**12, description="number of the last known entry")
    wait: float = Field(default=0, ge=0, le=LONGEST_WAIT_SECONDS, description="seconds of real time")
    limit: int = Field(default=1000, ge=1, le=10_000)
    format: Format = Format.JSON
    kind: Kind | None = Field(default=None, description="only entries of this kind")
    ticket: str | None = Field(default=None, description="only entries about this ticket_id")
    name: str | None = Field(default=None, description="only entries whose name contains this text")
    lane: Participant | None = Field(default=None, description="only entries from or to this participant")
    status: int | None = Field(default=None, ge=100, le=599, description="only answers with this status")

    def fits(self) -> Callable[[Entry], bool] | None:
        """A predicate for the filters; None without filters."""
        checks: list[Callable[[Entry], bool]] = []
        if (kind := self.kind) is not None:
            checks.append(lambda entry: entry["kind"] == kind)
        if (ticket := self.ticket) is not None:
            checks.append(lambda entry: entry.get("ticket_id") == ticket)
        if (name := self.name) is not None:
            checks.append(lambda entry: name in entry["name"])
        if (participant := self.lane) is not None:
            checks.append(lambda entry: participant in (entry["lane_from"], entry["lane_to"]))
        if (status := self.status) is not None:
            checks.append(lambda entry: entry.get("status") == status)
        return (lambda entry: all(check(entry) for check in checks)) if checks else None


class JournalEntry(Answer):
    """One entry. Secrets in `body` are masked."""

    model_config = ConfigDict(extra="allow", frozen=True, defer_build=True)

    seq: int
    at: int = Field(description="milliseconds of the gateway's clock")
    kind: Kind
    lane_from: Participant
    lane_to: Participant
    name: str
    ticket_id: str | None = absent()
    trace_id: str | None = absent(
        description="of the `traceparent` that the call or push carries; where the gateway is traced, also of a call "
        "that carries none"
    )
    body: Any = None
    method: str | None = absent()
    path: str | None = absent()
    status: int | None = absent()
    duration_ms: float | None = absent()


class JournalPage(Answer):
    """Entries in order; `next` is the next call's `since`."""

    entries: list[JournalEntry]
    next: int


def router(journal: Journal, prefix: str) -> Router:
    """The room's list of routes."""

    def read_journal(call: Call) -> JournalPage | Raw:
        """All requests, answers, transitions, pushes and faults, in order.

        `format=ndjson` is one entry a line, `format=mermaid` a sequence diagram. With `wait` the answer comes with the
        first entry that matches, or after that many seconds without one.
        """
        query: JournalQuery = call.query
        entries, following = journal.read(query.since, wait=query.wait, limit=query.limit, fits=query.fits())
        if query.format is Format.MERMAID:
            return Raw(sequence_diagram(entries).encode(), "text/plain; charset=utf-8")
        if query.format is Format.NDJSON:
            lines = "".join(json.dumps(entry, ensure_ascii=False) + "\n" for entry in entries)
            return Raw(lines.encode(), "application/x-ndjson")
        return JournalPage(entries=[JournalEntry.model_validate(entry) for entry in entries], next=following)

    room = Router("journal", prefix)
    room.add(
        "GET",
        "/journal",
        read_journal,
        query=JournalQuery,
        returns=JournalPage,
        also=("application/x-ndjson", "text/plain"),
        codes=(Code.UNAVAILABLE,),
    )
    return room
