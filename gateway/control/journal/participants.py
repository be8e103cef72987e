"""Finds the caller of a call from its route and, if several programs use the route, from its session."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from gateway.control.journal.journal import Participant
from scan_to_login.protocol import API_PREFIX

_RULES: tuple[tuple[str, Participant], ...] = (
    (r"/app/", Participant.PHONE),
    (r"/tickets/[^/]+/(scan|confirm|reject)$", Participant.PHONE),
    (r"/tickets", Participant.CLIENT),
    (r"/(sessions|session|legacy-sessions)(/|$)", Participant.CLIENT),
    (r"/units(/[^/]+/verification)?$", Participant.CLIENT),
    (r"/(registrations|password-resets|divisions|radicals|characters)(/|$)", Participant.WEB),
)
OAUTH_PREFIX: Final = "/oauth/"
_COMPILED = tuple((re.compile(pattern), participant) for pattern, participant in _RULES)
_TICKET_ID = re.compile(r"[A-Za-z0-9_-]{22}")
_TICKET = re.compile(r"/tickets/([A-Za-z0-9_-]{22})(?=/|\.|$)")


def is_recorded(path: str) -> bool:
    """Whether the journal records this call: calls of the API and of OAuth, not pages or documents."""
    return path.startswith((f"{API_PREFIX}/", OAUTH_PREFIX))


def participant_of(path: str, authorization: str, kind_of_token: Callable[[str], str | None]) -> Participant:
    """The participant that calls ``path``; ``kind_of_token`` is asked if several kinds of program use the route."""
    rest = path.removeprefix(API_PREFIX)
    for pattern, participant in _COMPILED:
        if pattern.match(rest):
            return participant
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() == "bearer" and token:
        kind = kind_of_token(token.strip())
        if kind in (Participant.PHONE, Participant.CLIENT, Participant.WEB):
            return Participant(kind)
    return Participant.CLIENT


def ticket_of(path: str) -> str | None:
    """The ticket in a path."""
    found = _TICKET.search(path)
    return found.group(1) if found else None


def ticket_in(body: object) -> str | None:
    """The ticket that a body is about: by its id, a device code that begins with it, or its QR's text."""
    if not isinstance(body, dict):
        return None
    named = body.get("ticket_id") or str(body.get("device_code") or body.get("auth_req_id") or "")[:22]
    if not named and isinstance(qr := body.get("verification_uri_complete"), str):
        named = qr.rpartition("/q/")[2]
    return named if isinstance(named, str) and _TICKET_ID.fullmatch(named) else None


def shape_of(path: str) -> str:
    """The path without its ticket's id, so that the same calls have the same name."""
    return _TICKET.sub("/tickets/{ticket_id}", path)
