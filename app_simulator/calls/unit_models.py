"""The gateway's answers about units, authorizations and messages, as types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from app_simulator.calls.models import Answer, take, take_or_none


@dataclass(frozen=True, slots=True)
class Unit(Answer):
    """A unit of this account: by its roles, a binding, or an authorization (``permission``)."""

    taxpayer_id: str
    name: str
    status: str
    roles: tuple[str, ...]
    via: tuple[str, ...]
    permission: str | None

    @classmethod
    def of(cls, answer: Mapping[str, Any]) -> Self:
        """Read one entry of ``GET /account/units``."""
        return cls(
            take(answer, "taxpayer_id", str),
            take(answer, "name", str),
            take(answer, "status", str),
            tuple(str(role) for role in take(answer, "roles", list)),
            tuple(str(way) for way in take(answer, "via", list)),
            take_or_none(answer, "permission", str),
        )


@dataclass(frozen=True, slots=True)
class Authorization(Answer):
    """An authorization that has not ended; ``person`` and ``phone`` are masked.

    ``valid_from`` and ``valid_until`` are its first and last day in force, the latter None for ever; ``in_force`` says
    whether its first day has come.
    """

    authorization_id: str
    taxpayer_id: str
    unit_name: str
    permission: str
    person: str
    phone: str
    granted_by: str
    granted_at: int
    valid_from: str
    valid_until: str | None
    in_force: bool

    @classmethod
    def of(cls, answer: Mapping[str, Any]) -> Self:
        """Read an authorization."""
        person = take(answer, "person", dict)
        return cls(
            take(answer, "authorization_id", str),
            take(answer, "taxpayer_id", str),
            take(answer, "unit_name", str),
            take(answer, "permission", str),
            take(person, "display_name", str),
            take(person, "phone", str),
            take(answer, "granted_by", str),
            take(answer, "granted_at", int),
            take(answer, "valid_from", str),
            take_or_none(answer, "valid_until", str),
            take(answer, "in_force", bool),
        )


@dataclass(frozen=True, slots=True)
class Message(Answer):
    """A message to the phone; the other fields depend on ``notice``."""

    message_id: str
    at: int
    notice: str
    channel: str | None
    address: str | None
    taxpayer_id: str | None
    unit_name: str | None
    by: str | None
    permission: str | None
    valid_until: str | None
    session_id: str | None
    in_force: bool | None
    current: bool | None
    ticket_id: str | None

    @classmethod
    def of(cls, answer: Mapping[str, Any]) -> Self:
        """Read one entry of ``GET /app/messages``."""
        texts = ("channel", "address", "taxpayer_id", "unit_name", "by", "permission", "valid_until", "session_id")
        told = {name: take_or_none(answer, name, str) for name in (*texts, "ticket_id")}
        return cls(
            message_id=take(answer, "message_id", str),
            at=take(answer, "at", int),
            notice=take(answer, "notice", str),
            in_force=take_or_none(answer, "in_force", bool),
            current=take_or_none(answer, "current", bool),
            **told,
        )
