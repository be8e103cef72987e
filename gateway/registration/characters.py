"""Rare characters by radical and stroke count, for names that no keyboard types.

Unicode 17: 98,682 characters under 246 radicals, simplified forms of radicals being radicals of
their own (马 is ``187'``, 馬 is ``187``). The tables are made by ``scripts/make_characters.py``;
stroke counts are UAX #38's: ``strokes`` beside the radical, ``total_strokes`` in all.
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

    ``radical`` is its number, with one ``'`` or more for a simplified form, whose full form is then
    ``simplified_of``; ``strokes`` are its own; ``most_strokes`` bounds the strokes beside it.
    """

    radical: str
    character: str
    strokes: int
    simplified_of: str | None
    characters: int
    most_strokes: int


@dataclass(frozen=True, slots=True)
class Character:
    """A character with its strokes in all; ``codepoint`` is written ``U+20BB7``."""

    character: str
    codepoint: str
    strokes: int
    total_strokes: int


@dataclass(frozen=True, slots=True)
class Page:
    """Part of an answer: ``next`` is the offset of the part that follows, or None after the last."""

    items: tuple[Character, ...]
    total: int
    next: int | None


class UnknownRadical(LookupError):  # noqa: N818 - it is an answer, not a fault
    """No radical has this number or character."""


class CharacterTable:
    """The tables in memory; built once, read only, an answer costs what its page holds."""

    def __init__(self, radicals: str, characters: str) -> None:
        """Take the text of both data files; see ``load``."""
        self._groups: dict[str, dict[int, list[tuple[int, str]]]] = {}
        self._by_character: dict[str, str] = {}
        for line in characters.splitlines():
            radical, strokes, total, members = line.split("\t")
            self._groups.setdefault(radical, {}).setdefault(int(strokes), []).append((int(total), members))
            if strokes == "0":
                # A form beside the listed one leads to its radical too: 亻 to 人, 氵 to 水.
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
                )
            )
            self._by_character[character] = radical
        self.radicals: tuple[Radical, ...] = tuple(listed)

    @classmethod
    def load(cls) -> CharacterTable:
        """Read the package's own data files; about 40 ms: see ``character_table``."""
        data = files(__package__) / "data"
        return cls((data / "radicals.tsv").read_text("utf-8"), (data / "characters.tsv").read_text("utf-8"))

    def find(self, radical: str, strokes: int | None = None, *, offset: int = 0, limit: int = 100) -> Page:
        """The characters of a radical, fewest strokes first, everyday ones first among equals.

        In: a radical's number (``9``, ``187'``) or a form of it (人, 亻, 马); the strokes beside the
        radical, or None for all; the page by ``offset`` and ``limit`` (at most 500).
        Raises UnknownRadical.
        """
        number = radical if radical in self._groups else self._by_character.get(radical)
        if number is None:
            raise UnknownRadical(radical)
        groups = self._groups.get(number, {})
        chosen = sorted(groups) if strokes is None else [strokes] if strokes in groups else []
        total = sum(len(members) for count in chosen for _, members in groups[count])
        limit = min(limit, LARGEST_PAGE)

        def rows() -> Iterator[Character]:
            for count in chosen:
                for in_all, members in groups[count]:
                    for member in members:
                        yield Character(member, f"U+{ord(member):04X}", count, in_all)

        items = tuple(islice(rows(), offset, offset + limit))
        following = offset + len(items)
        return Page(items, total, following if items and following < total else None)


@cache
def character_table() -> CharacterTable:
    """The one table of this process, read when it is first asked for: a gateway that starts does not wait for it."""
    return CharacterTable.load()
