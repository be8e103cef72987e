"""Looks up one person or unit of the seed by name, in a dictionary."""

from __future__ import annotations

from bisect import bisect_left
from difflib import get_close_matches
from functools import cached_property
from typing import Final, Generic, TypeVar

from gateway.control.seed.simulation_state import SimulationState
from gateway.foundation.errors import Refusal
from scan_to_login.protocol import Code
from scan_to_login.rules.typed import folded
from scan_to_login.seed import Seed, SeedAccount, SeedUnit

R = TypeVar("R", bound=SeedAccount | SeedUnit)
_NEAREST: Final = 5  # names that a refusal tells
_COMPARED: Final = 50  # names beside the place of an unknown one, in the order of the alphabet; all would take 0.2 s


class _Names(Generic[R]):
    """Rows by name; ``shown`` are the names that a refusal may tell."""

    def __init__(self, rows: dict[str, R], shown: list[str]) -> None:
        self._rows = rows
        self._shown = shown

    def one(self, name: str) -> R:
        """The row with this name. Raises Refusal ``not_in_seed`` with the nearest names."""
        found = self._rows.get(name)
        if found is None:
            raise Refusal(Code.NOT_IN_SEED, nearest=self._nearest(name))
        return found

    def _nearest(self, name: str) -> list[str]:
        at = bisect_left(self._sorted, (name.casefold(), ""))
        beside = self._sorted[max(0, at - _COMPARED // 2) : at + _COMPARED // 2]
        spelled = dict(beside)
        return [spelled[key] for key in get_close_matches(name.casefold(), list(spelled), _NEAREST, cutoff=0)]

    @cached_property
    def _sorted(self) -> list[tuple[str, str]]:
        return sorted((name.casefold(), name) for name in self._shown)


class SeedDirectory:
    """The people and units of the present seed; the dictionaries are made at the first look-up in a seed."""

    def __init__(self, simulation_state: SimulationState) -> None:
        self._simulation_state = simulation_state
        self._of: Seed | None = None

    def account(self, login_name: str) -> SeedAccount:
        """The person with this login name. Raises Refusal ``not_in_seed``."""
        self._prepare()
        return self._accounts.one(folded(login_name))

    def unit(self, name: str) -> SeedUnit:
        """The unit with this alias or taxpayer number. Raises Refusal ``not_in_seed``."""
        self._prepare()
        return self._units.one(name)

    def _prepare(self) -> None:
        seed = self._simulation_state.seed
        if seed is self._of:
            return
        accounts = {one.login_name: one for one in seed.accounts}
        self._accounts = _Names(accounts, list(accounts))
        numbers, aliases = {one.taxpayer_id: one for one in seed.units}, {one.alias: one for one in seed.units}
        aliases.pop("", None)
        # An alias that is another unit's number is the alias, as in the rows of a seed.
        self._units = _Names({**numbers, **aliases}, [one.alias or one.taxpayer_id for one in seed.units])
        self._of = seed
