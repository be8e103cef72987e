"""Rare characters by radical and stroke count, for names that no keyboard types.

Unicode 17: 98,682 characters under 246 radicals. A simplified form of a radical counts as its own radical (马 is
``187'``, 馬 is ``187``). ``scripts/make_characters.py`` makes the tables. Stroke counts are UAX #38's: ``strokes``
besides the radical, ``total_strokes`` in total.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import islice

LARGEST_PAGE = 500


@dataclass(frozen=True, slots=True)
class Radical:
    """One of the 214 Kangxi radicals, or a simplified form of one.

    ``radical`` is its number; a simplified form has one or more ``'`` after it and names its full form in
    ``simplified_of``. ``strokes`` is its own stroke count. ``most_strokes`` is the largest number of strokes besides
    it, ``total_strokes`` are the counts that whole characters have.
    """

    radical: str
    character: str
    strokes: int
    simplified_of: str | None
    characters: int
    most_strokes: int
    total_strokes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Character:
    """A character with its total strokes; ``codepoint`` has the form ``U+20BB7``."""

    character: str
    codepoint: str
    strokes: int
    total_strokes: int


@dataclass(frozen=True, slots=True)
class Page:
    """Part of an answer: ``next`` is the offset of the next part, or None after the last."""

    items: tuple[Character, ...]
    total: int
    next: int | None


class UnknownRadical(LookupError):  # noqa: N818 - it is an answer, not a fault
    """No radical has this number or character."""


class CharacterTable:
    """The tables in memory, built once and read only."""

    def __init__(self, radicals: str, characters: str) -> None:
        """Take the text of both data files; see ``load``."""
        self._groups: dict[str, dict[int, list[tuple[int, str]]]] = {}
        self._by_character: dict[str, str] = {}
        for line in characters.splitlines():
            radical, strokes, total, members = line.split("\t")
            self._groups.setdefault(radical, {}).setdefault(int(strokes), []).append((int(total), members))
            if strokes == "0":
                # Another form of a radical leads to it too: 亻 to 人, 氵 to 水.
                for member in members:
                    self._by_character.setdefault(member, radical)
        listed = []
        for line in radicals.splitlines():
            radical, character, strokes = line.split("\t")
            groups = self._groups.get(radical, {})
            listed.append(
                Radical(
                    radical=radical,
                    character=character,
                    strokes=int(strokes),
                    simplified_of=radical.rstrip("'") if radical.endswith("'") else None,
                    characters=sum(len(members) for group in groups.values() for _, members in group),
                    most_strokes=max(groups, default=0),
                    total_strokes=tuple(sorted({total for rows in groups.values() for total, _ in rows})),
                )
            )
            self._by_character[character] = radical
        self.radicals: tuple[Radical, ...] = tuple(listed)

    @classmethod
    def load(cls) -> CharacterTable:
        """Read the package's data files; about 40 ms: see ``character_table``."""
        data = files(__package__) / "data"
        return cls((data / "radicals.tsv").read_text("utf-8"), (data / "characters.tsv").read_text("utf-8"))

    def find(
        self,
        radical: str,
        strokes: int | None = None,
        *,
        total_strokes: int | None = None,
        offset: int = 0,
        limit: int = 100,
    ) -> Page:
        """The characters of a radical, by number of strokes, common ones first among equals.

        Takes a radical's number (``9``, ``187'``) or a form of it (人, 亻, 马), the strokes besides the radical and in
        total (None for all), and the page by ``offset`` and ``limit`` (at most 500). Raises UnknownRadical.
        """
        number = radical if radical in self._groups else self._by_character.get(radical)
        if number is None:
            raise UnknownRadical(radical)
        groups = self._groups.get(number, {})
        chosen = sorted(groups) if strokes is None else [strokes] if strokes in groups else []
        rows_of = {count: [group for group in groups[count] if total_strokes in (None, group[0])] for count in chosen}
        total = sum(len(members) for rows in rows_of.values() for _, members in rows)
        limit = min(limit, LARGEST_PAGE)

        def rows() -> Iterator[Character]:
            for count in chosen:
                for in_all, members in rows_of[count]:
                    for member in members:
                        yield Character(member, f"U+{ord(member):04X}", count, in_all)

        items = tuple(islice(rows(), offset, offset + limit))
        following = offset + len(items)
        return Page(items, total, following if items and following < total else None)


@cache
def character_table() -> CharacterTable:
    """The one table of this process, read at its first use: a starting gateway does not wait for it."""
    return CharacterTable.load()
