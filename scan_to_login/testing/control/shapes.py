"""What the control plane takes and answers, for type checkers: shapes of `/sim/v1` in the OpenAPI document."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

from scan_to_login.protocol import Stage, TicketState, Via

EntryKind = Literal["request", "answer", "transition", "push", "fault", "note"]
Participant = Literal["client", "gateway", "redis", "phone", "web", "test"]
FaultKind = Literal[
    "latency", "error", "drop_reply", "push_drop", "push_delay", "push_duplicate", "push_reorder", "socket_cut",
    "redis_unreachable",
]  # fmt: skip


class EntryFilter(TypedDict, total=False):
    """Which entries of the journal: of a kind, about a ticket_id, with a text in the name, of a participant."""

    kind: EntryKind
    ticket: str
    name: str
    lane: Participant
    status: int


class JournalEntry(TypedDict):
    """An entry of the journal; ``at`` in milliseconds of the gateway's clock, secrets in ``body`` masked."""

    seq: int
    at: int
    kind: EntryKind
    lane_from: Participant
    lane_to: Participant
    name: str
    ticket_id: NotRequired[str]
    trace_id: NotRequired[str]
    body: NotRequired[dict[str, object]]
    method: NotRequired[str]
    path: NotRequired[str]
    status: NotRequired[int]
    duration_ms: NotRequired[float]


class Scanner(TypedDict):
    """Who scanned: a masked name, and its initial."""

    display_name: str
    initial: str


class SeenTicket(TypedDict):
    """A ticket's state; ``at`` and ``expires_at`` in milliseconds of the gateway's clock, ``expires_in`` in seconds."""

    ticket_id: str
    state: TicketState
    version: int
    at: int
    expires_in: NotRequired[int]
    expires_at: NotRequired[int]
    scanned_by: NotRequired[Scanner]
    number: NotRequired[str]
    reason: NotRequired[str]


class SeenSession(TypedDict):
    """A client's session as the gateway stores it, without its token; times in milliseconds of the gateway's clock."""

    session_id: str
    account_id: str
    login_name: str
    stage: Stage
    taxpayer_id: NotRequired[str]
    via: NotRequired[Via]
    ticket_id: NotRequired[str]
    created_at: int
    expires_at: int


class Occasions(TypedDict, total=False):
    """When a fault fires: on an ``event`` of Socket.IO, about a ticket_id, ``times`` times, for ``seconds``."""

    event: str
    ticket: str
    times: int
    probability: float
    seed: int
    seconds: float


class Calls(Occasions, total=False):
    """A fault of calls: ``route`` is a method and a path, `*` any text in it: ``"POST /api/v1/tickets/*/claim"``."""

    route: str


class Latency(Calls, total=False):
    """Above 0, ``sigma`` makes delays log-normal."""

    sigma: float


class Pushes(Occasions, total=False):
    """A fault of pushes that tell of a ``state``."""

    state: TicketState | str


class Delays(Pushes, total=False):
    """Above 0, ``sigma`` makes delays log-normal."""

    sigma: float


class Reorder(Pushes, total=False):
    """The longest time in ``milliseconds`` that a push waits for the next one."""

    milliseconds: float


class FaultFields(Latency, Delays, total=False):
    """All fields of a fault."""

    milliseconds: float
    status: int
