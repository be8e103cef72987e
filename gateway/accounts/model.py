"""Rules about a natural person's account: pure functions and plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from scan_to_login.protocol import SessionKind


@dataclass(frozen=True, slots=True)
class Person:
    """An account as the other rooms see it, without password and full document number."""

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
    ticket_id: str = ""  # of a login by a ticket


def mask_name(name: str) -> str:
    """A person's name for others: 张三 becomes *三, John Smith becomes J*** S****."""
    if len(name) > 1 and max(name) < "\u2e80":  # a name in letters, word by word
        return " ".join(word[0] + "*" * min(len(word) - 1, 4) for word in name.split())
    return "*" * min(len(name) - 1, 3) + name[-1:] if len(name) > 1 else "*"


def initial_of(name: str) -> str:
    """The text of the avatar: the first visible character of the masked name, so never an asterisk."""
    return next((character for character in mask_name(name) if character != "*"), "")
