"""Finds people and units of the seed by a part of a name or number: the pages choose among thousands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain, islice
from typing import Generic, TypeVar

from gateway.control.seed.simulation_state import SimulationState
from gateway.http.routes import Answer
from scan_to_login.rules.typed import folded
from scan_to_login.seed import Seed, SeedAccount, SeedUnit

R = TypeVar("R", SeedAccount, SeedUnit)


class FoundInSeed(Answer):
    """Some people and units of the seed, those that fit exactly first, and how many there are in all."""

    accounts: tuple[SeedAccount, ...]
    units: tuple[SeedUnit, ...]
    accounts_in_all: int
    units_in_all: int


class _Rows(Generic[R]):
    """Rows with the words that they are found by, folded once."""

    def __init__(self, rows: Sequence[R], words_of: Callable[[R], tuple[str, ...]]) -> None:
        self._rows: list[tuple[tuple[str, ...], str, R]] = []
        for row in rows:
            words = tuple(word.casefold() for word in words_of(row))
            self._rows.append((words, "\n".join(words), row))

    def find(self, text: str, limit: int) -> tuple[R, ...]:
        """At most ``limit`` rows: those with this word, then those with it as a part of one, in the seed's order."""
        exact = (row for words, _, row in self._rows if text in words)
        others = (row for words, joined, row in self._rows if text in joined and text not in words)
        return tuple(islice(chain(exact, others), limit))


class SeedSearch:
    """Searches the present seed; it is prepared at the first search (20 ms for 10,000 people)."""

    def __init__(self, simulation_state: SimulationState) -> None:
        self._simulation_state = simulation_state
        self._of: Seed | None = None

    def find(self, text: str, limit: int) -> FoundInSeed:
        """The people and units whose name or number contains ``text``; all of them for an empty one."""
        seed = self._simulation_state.seed
        if seed is not self._of:
            self._accounts = _Rows(seed.accounts, lambda one: (one.login_name, one.phone, one.id_number, one.name))
            self._units = _Rows(seed.units, lambda one: (one.alias, one.taxpayer_id, one.name))
            self._of = seed
        wanted = folded(text).casefold()
        return FoundInSeed(
            accounts=self._accounts.find(wanted, limit),
            units=self._units.find(wanted, limit),
            accounts_in_all=len(seed.accounts),
            units_in_all=len(seed.units),
        )
