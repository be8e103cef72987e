"""Rules about a natural person's account: pure functions and plain data."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from gateway.identity.documents import IdType

__all__ = ["IdType", "Identifier", "Person", "Session", "SessionKind", "initial_of", "kind_of_identifier", "mask_name"]


class SessionKind(StrEnum):
    """Who holds a session."""

    PHONE = "phone"
    CLIENT = "client"
    WEB = "web"


@dataclass(frozen=True, slots=True)
class Person:
    """An account as the other rooms see it: no password, no full document number."""

    account_id: str
    login_name: str
    name: str
    id_type: str

    @property
    def display_name(self) -> str:
        """The masked name."""
        return mask_name(self.name)


class Session(NamedTuple):
    """A session in force."""

    digest: str
    kind: SessionKind
    session_id: str
    account_id: str
    login_name: str
    display_name: str
    id_type: str
    created_at: int
    expires_at: int
    last_seen: int
    address: str
    device_id: str = ""
    device_name: str = ""
    device_model: str = ""
    taxpayer_id: str = ""
    via: str = ""
    authorization_id: str = ""
    password_version: str = ""


class Identifier(StrEnum):
    """The three ways to name an account at login (DESIGN.md section 5)."""

    PHONE = "phone"
    ID_NUMBER = "id_number"
    LOGIN_NAME = "login_name"


_PHONE = re.compile(r"1[0-9]{10}\Z")
_RESIDENT_ID = re.compile(r"[0-9]{17}[0-9Xx]\Z")


def kind_of_identifier(identifier: str) -> Identifier:
    """What an identifier is; the three cannot be mistaken, since a login name is never digits alone."""
    if _PHONE.match(identifier):
        return Identifier.PHONE
    if _RESIDENT_ID.match(identifier):
        return Identifier.ID_NUMBER
    return Identifier.LOGIN_NAME


def mask_name(name: str) -> str:
    """A person's name with all but its last character masked: 张三 becomes *三."""
    return "*" * min(len(name) - 1, 3) + name[-1:] if len(name) > 1 else "*"


def initial_of(name: str) -> str:
    """What stands in the avatar: the one character that the masked name shows."""
    return mask_name(name)[-1:]
