"""Looks up one person or unit of the seed by name."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

from gateway.control.seed.simulation_state import SimulationState
from gateway.foundation.errors import Refusal
from scan_to_login.protocol import Code
from scan_to_login.rules.typed import folded
from scan_to_login.seed import Seed, SeedAccount, SeedUnit

_NEAREST: Final = 5  # names that a refusal tells
_COMPARED: Final = 50  # names beside the place of an unknown one, in the order of the alphabet; all would take 0.2 s


class SeedDirectory:
    """The people and units of the present seed; their names are sorted at the first unknown one in a seed."""

    def __init__(self, simulation_state: SimulationState) -> None:
        self._simulation_state = simulation_state
        self._of: Seed | None = None
        self._accounts: list[tuple[str, str]] = []
        self._units: list[tuple[str, str]] = []

    def account(self, login_name: str) -> SeedAccount:
        """The person with this login name. Raises Refusal ``not_in_seed`` with the nearest names."""
        seed = self._simulation_state.seed
        if found := seed.account_of(folded(login_name)):
            return found
        self._sort(seed)
        raise Refusal(Code.NOT_IN_SEED, nearest=_nearest(login_name, self._accounts))

    def unit(self, name: str) -> SeedUnit:
        """The unit with this alias or taxpayer number. Raises Refusal ``not_in_seed`` with the nearest names."""
        seed = self._simulation_state.seed
        if found := seed.unit_of(seed.taxpayer_id(name)):
            return found
        self._sort(seed)
        raise Refusal(Code.NOT_IN_SEED, nearest=_nearest(name, self._units))

    def _sort(self, seed: Seed) -> None:
        if seed is not self._of:
            self._accounts = _sorted(one.login_name for one in seed.accounts)
            self._units = _sorted(one.alias or one.taxpayer_id for one in seed.units)
            self._of = seed


def _sorted(names: Iterable[str]) -> list[tuple[str, str]]:
    """Each name after its form for comparisons."""
    return sorted((name.casefold(), name) for name in names)


def _nearest(name: str, names: list[tuple[str, str]]) -> list[str]:
    at = bisect_left(names, (name.casefold(), ""))
    spelled = dict(names[max(0, at - _COMPARED // 2) : at + _COMPARED // 2])
    return [spelled[key] for key in get_close_matches(name.casefold(), list(spelled), _NEAREST, cutoff=0)]
