"""The names under which wrong passwords count: see docs/decisions/0018-one-count-a-name.md."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.accounts.tables import Account
from gateway.foundation.secrets import ServerKey
from scan_to_login.protocol import IdType
from scan_to_login.rules.identifiers import Identifier, Spelling, spelling_of


@dataclass(frozen=True, slots=True)
class Subject:
    """The account or unit of an attempt, and the name that was used.

    ``counted`` is the account or unit, whatever its name. ``shown`` is the used name, whose count callers see.
    ``others`` are its other names.
    """

    counted: str
    shown: str
    others: tuple[str, ...] = ()

    @classmethod
    def with_one_name(cls, name: str) -> Subject:
        """A subject with one name: a unit's taxpayer number."""
        return cls(name, name)

    @property
    def names(self) -> tuple[str, ...]:
        """Every name."""
        return self.shown, *self.others


class Subjects:
    """Maps accounts and unknown identifiers to names in the same way; no name is stored in the clear."""

    def __init__(self, server_key: ServerKey) -> None:
        self._server_key = server_key

    def name(self, identifier: str) -> str:
        """The name that an identifier stands for, whether an account has it or not."""
        return self._name(spelling_of(identifier))

    def tried(self, identifier: str, account: Account | None) -> Subject:
        """The subject of an attempt at ``identifier``; ``account`` is None if no account has it."""
        shown = self.name(identifier)
        if account is None:
            # As many names as an existing account has: the same work.
            counted, *others = (self._server_key.derive("nobody", shown, part).hex()[:32] for part in ("", "1", "2"))
            return Subject(counted, shown, tuple(others))
        return Subject(account.account_id, shown, tuple(name for name in self._names(account) if name != shown))

    def of(self, account: Account) -> Subject:
        """The account with all its names, none of which was used."""
        shown, *others = self._names(account)
        return Subject(account.account_id, shown, tuple(others))

    def _names(self, account: Account) -> list[str]:
        spellings = [Spelling(Identifier.LOGIN_NAME, account.login_name), Spelling(Identifier.PHONE, account.phone)]
        if account.id_type == IdType.RESIDENT_ID:
            spellings.append(Spelling(Identifier.ID_NUMBER, account.id_number))
        return [self._name(spelling) for spelling in spellings]

    def _name(self, spelling: Spelling) -> str:
        return self._server_key.derive("name", spelling.kind, spelling.text).hex()[:32]
