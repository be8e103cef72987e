"""The people and units of a seed, by the names that tests use."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scan_to_login.seed import Seed, SeedAccount, SeedUnit


class People:
    """The people of a gateway's seed (``demo`` or a file); empty without ``seed``. A wrong file raises StartupError."""

    def __init__(self, seed: str) -> None:
        self._seed_name = seed

    @cached_property
    def seed(self) -> Seed:
        """The people and units of the seed."""
        from scan_to_login.seed import Seed, load_seed

        return load_seed(self._seed_name) if self._seed_name else Seed()

    @cached_property
    def _accounts(self) -> dict[str, SeedAccount]:
        return {account.login_name: account for account in self.seed.accounts}

    @cached_property
    def _units(self) -> dict[str, SeedUnit]:
        numbers = {unit.taxpayer_id: unit for unit in self.seed.units}
        return numbers | {unit.alias: unit for unit in self.seed.units if unit.alias}

    def account(self, login_name: str) -> SeedAccount:
        """The account ``login_name`` of the seed. Raises LookupError."""
        try:
            return self._accounts[login_name]
        except KeyError:
            raise LookupError(f"The seed {self._seed_name or '(none)'} has no account {login_name}.") from None

    def unit(self, alias: str) -> SeedUnit:
        """A unit of the seed, by its ``alias`` or taxpayer number. Raises LookupError."""
        try:
            return self._units[alias]
        except KeyError:
            raise LookupError(f"The seed {self._seed_name or '(none)'} has no unit {alias}.") from None

    def password_of(self, login_name: str) -> str:
        """The password of the account ``login_name``. Raises LookupError."""
        return self.account(login_name).password
