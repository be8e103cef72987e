"""The gateway's answers as types. Times are milliseconds of the gateway's clock, lifetimes seconds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self, TypeVar

from app_simulator.errors import PhoneCode, PhoneError
from scan_to_login.actor_wire.pages import ConfirmPageFields, TicketFields
from scan_to_login.protocol import NumberMatching

T = TypeVar("T")


def take(answer: Mapping[str, Any], name: str, kind: type[T]) -> T:
    """A member of an answer. Raises PhoneError ``unexpected_answer`` if it is missing or of another type."""
    value = answer.get(name)
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise PhoneError.own(PhoneCode.UNEXPECTED_ANSWER, field=name)
    return value


def take_or_none(answer: Mapping[str, Any], name: str, kind: type[T]) -> T | None:
    """The same for a member that may be absent or null."""
    return None if answer.get(name) is None else take(answer, name, kind)


def seconds(answer: Mapping[str, Any], name: str) -> float:
    """The same for a lifetime, whole or not."""
    value = answer.get(name)
    return value if isinstance(value, float) else take(answer, name, int)


class Answer:
    """The base of all answers: a form for ``--json``."""

    __slots__ = ()

    def as_dict(self) -> dict[str, Any]:
        """Field by field, ready for JSON."""
        return asdict(self)  # type: ignore[call-overload, no-any-return]  # every answer is a dataclass


@dataclass(frozen=True, slots=True)
class Account(Answer):
    """The account of the phone; the gateway masks ``display_name``."""

    account_id: str
    login_name: str
    display_name: str
    id_type: str

    @classmethod
    def of(cls, answer: Mapping[str, Any]) -> Self:
        """Read ``account`` of an answer."""
        names = ("account_id", "login_name", "display_name", "id_type")
        return cls(*(take(answer, name, str) for name in names))


@dataclass(frozen=True, slots=True)
class PhoneSession(Answer):
    """The session of a phone: account, device and deadlines."""

    account: Account
    device_id: str
    device_name: str
    device_model: str
    created_at: int
    expires_at: int

    @classmethod
    def of(cls, answer: Mapping[str, Any]) -> Self:
        """Read ``GET /app/session``."""
        device = take(answer, "device", dict)
        return cls(
            Account.of(take(answer, "account", dict)),
            take(device, "device_id", str),
            take(device, "name", str),
            take(device, "model", str),
            take(answer, "created_at", int),
            take(answer, "expires_at", int),
        )


@dataclass(frozen=True, slots=True)
class TicketAnswer(Answer, TicketFields):
    """The ticket after a confirm or a reject."""

    @classmethod
    def of(cls, answer: Mapping[str, Any]) -> Self:
        """Read the answer to ``confirm`` or ``reject``."""
        return cls(
            take(answer, "ticket_id", str),
            take(answer, "state", str),
            take(answer, "version", int),
            None if answer.get("expires_in") is None else seconds(answer, "expires_in"),
            take_or_none(answer, "expires_at", int),
            take_or_none(answer, "claim_code", str),
        )


@dataclass(frozen=True, slots=True)
class ConfirmPage(Answer, ConfirmPageFields):
    """What the phone must show before a person decides."""

    @classmethod
    def of(cls, answer: Mapping[str, Any]) -> Self:
        """Read the answer to ``scan``."""
        client = take(answer, "client", dict)
        matching = take(answer, "number_matching", str)
        return cls(
            take(answer, "ticket_id", str),
            take(answer, "state", str),
            take(answer, "version", int),
            seconds(answer, "expires_in"),
            take(answer, "expires_at", int),
            take(client, "name", str),
            take(client, "version", str),
            take(client, "device", str),
            take(answer, "client_unverified", bool),
            take(answer, "address", str),
            take(answer, "requested_at", int),
            take(answer, "same_address", bool),
            # A mode of a newer gateway: it will refuse a confirm that lacks what it wants.
            NumberMatching(matching) if matching in list(NumberMatching) else NumberMatching.OFF,
            take_or_none(answer, "number", str),
            tuple(map(str, take_or_none(answer, "choices", list) or ())),
        )


@dataclass(frozen=True, slots=True)
class Device(Answer):
    """A phone that is enrolled for this account; ``current`` is this one."""

    device_id: str
    name: str
    model: str
    enrolled_at: int
    last_seen: int | None
    current: bool
    revoked_at: int | None

    @classmethod
    def of(cls, answer: Mapping[str, Any]) -> Self:
        """Read one entry of ``GET /app/devices``."""
        return cls(
            take(answer, "device_id", str),
            take(answer, "name", str),
            take(answer, "model", str),
            take(answer, "enrolled_at", int),
            take_or_none(answer, "last_seen", int),
            take(answer, "current", bool),
            take_or_none(answer, "revoked_at", int),
        )
