"""Finds people and units of the seed by a name or number: the pages choose among thousands."""

from __future__ import annotations

import threading
import time
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice, product, takewhile
from operator import attrgetter
from typing import Final, Generic, TypeVar

from gateway.control.seed.simulation_state import SimulationState
from gateway.http.routes import Answer
from scan_to_login.protocol import SearchMatch
from scan_to_login.rules.identifiers import folded_phone
from scan_to_login.rules.typed import folded
from scan_to_login.seed import Seed, SeedAccount, SeedUnit

_IN_ONE_GO: Final = 5_000  # words between two yields to other requests
_login_name, _phone, _id_number = attrgetter("login_name"), attrgetter("phone"), attrgetter("id_number")
_alias, _taxpayer_id, _name = attrgetter("alias"), attrgetter("taxpayer_id"), attrgetter("name")
R = TypeVar("R", bound=SeedAccount | SeedUnit)


class FoundInSeed(Answer):
    """Some people and units of the seed, and how many there are in all.

    Those with exactly this name or number come first, then those that begin with it, then those that have a part of it.
    """

    accounts: tuple[SeedAccount, ...]
    units: tuple[SeedUnit, ...]
    accounts_in_all: int
    units_in_all: int


class _Column:
    """One word of each row, as it is compared, and the rows in the order of their words."""

    def __init__(self, words: Iterable[str]) -> None:
        self.words: list[str] = []
        for some in _parts(iter(words)):
            self.words += (word.casefold() if word.isascii() and word.isalnum() else _compared(word) for word in some)
            time.sleep(0)  # to other greenlets
        self._order = sorted(range(len(self.words)), key=self.words.__getitem__)
        time.sleep(0)

    def with_word(self, word: str) -> Iterator[int]:
        """The rows with this word, in the seed's order."""
        return takewhile(lambda number: self.words[number] == word, self._from(word))

    def beginning(self, word: str) -> Iterator[int]:
        """The rows whose word begins so, by the rest of it."""
        return takewhile(lambda number: self.words[number].startswith(word), self._from(word))

    def _from(self, word: str) -> Iterator[int]:
        first = bisect_left(self._order, word, key=self.words.__getitem__)
        return map(self._order.__getitem__, range(first, len(self._order)))


class _Rows(Generic[R]):
    """Rows with the words that they are found by; without a search all of them, in the seed's order."""

    def __init__(self, rows: Sequence[R], *words: Callable[[R], str]) -> None:
        self._rows = rows
        self._columns = [_Column(map(word, rows)) for word in words]
        self._joined = ["\n".join(words) for words in zip(*(column.words for column in self._columns), strict=True)]

    def find(self, words: Sequence[str], match: SearchMatch, limit: int) -> tuple[R, ...]:
        """At most ``limit`` rows with one of ``words``; all are looked at only where fewer begin with one."""
        if not words:
            return tuple(self._rows[:limit])
        pairs = list(product(self._columns, words))
        ways = [column.with_word(word) for column, word in pairs]
        if match is not SearchMatch.EXACT:
            ways += [column.beginning(word) for column, word in pairs]
        if match is SearchMatch.PART:
            ways.append(number for number, joined in enumerate(self._joined) if any(word in joined for word in words))
        return tuple(self._rows[number] for number in islice(_once(chain(*ways)), limit))


class SeedSearch:
    """Searches the present seed; the first search prepares it, and other calls run meanwhile."""

    def __init__(self, simulation_state: SimulationState) -> None:
        self._simulation_state = simulation_state
        self._alone = threading.Lock()
        self._of: Seed | None = None

    def find(self, text: str, match: SearchMatch, limit: int) -> FoundInSeed:
        """The people and units with ``text`` in a name or number; the first ones of the seed for an empty one."""
        with self._alone:
            seed = self._simulation_state.seed
            if seed is not self._of:
                self._accounts = _Rows(seed.accounts, _login_name, _phone, _id_number, _name)
                self._units = _Rows(seed.units, _alias, _taxpayer_id, _name)
                self._of = seed
            accounts, units = self._accounts, self._units
        number = folded_phone(text)  # with spaces, hyphens or +86 too
        words = [word for word in dict.fromkeys((_compared(text), number if number.isdigit() else "")) if word]
        return FoundInSeed(
            accounts=accounts.find(words, match, limit),
            units=units.find(words, match, limit),
            accounts_in_all=len(seed.accounts),
            units_in_all=len(seed.units),
        )


def _compared(text: str) -> str:
    return folded(text).casefold()


def _parts(words: Iterator[str]) -> Iterator[list[str]]:
    return iter(lambda: list(islice(words, _IN_ONE_GO)), [])


def _once(numbers: Iterable[int]) -> Iterator[int]:
    seen: set[int] = set()
    for number in numbers:
        if number not in seen:
            seen.add(number)
            yield number
