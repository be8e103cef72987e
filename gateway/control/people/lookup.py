"""Looks rows up by a part of a text: by index first, and by reading all of them only for the rest of a page.

A search runs through stages: in each field in turn the rows with exactly this text, then those that begin with it; at
last the rows that have it anywhere. Each stage but the last reads one index in its order, as many rows as the page
still takes. No row comes twice. A page ends with a position: the stage, and the values by which it is ordered.
"""

from __future__ import annotations

import json
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Boolean, ColumnElement, and_, not_, or_, true, tuple_
from sqlalchemy.engine import Row
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from scan_to_login.protocol import SearchMatch
from scan_to_login.rules.typed import folded

Column = InstrumentedAttribute[str]
Position = list[Any]  # the stage's number, and the values of its key after which it continues; none at its start
Query = Any  # Select has other parameters from SQLAlchemy 2.1 on
_LAST: Final = 0x10FFFF
_SURROGATES: Final = range(0xD800, 0xE000)


class NoSuchPage(Exception):  # noqa: N818 - it says which
    """A cursor or position that is not of this search."""


@dataclass(frozen=True, slots=True)
class Indexed:
    """A column to look in, the columns of its index (the last ones make it unique), and how a text is stored in it."""

    key: tuple[Column, ...]
    spellings: Callable[[str], Sequence[str]]


@dataclass(frozen=True, slots=True)
class _Stage:
    condition: ColumnElement[bool]
    key: tuple[Column, ...]


class Lookup:
    """The fields of one kind of row; ``key`` orders the rows that no index finds, and all rows."""

    def __init__(self, key: tuple[Column, ...], *fields: Indexed) -> None:
        self._key = key
        self._fields = fields

    def stages(self, text: str, match: SearchMatch) -> list[_Stage]:
        """The stages of a search, in their order. A search for nothing finds all rows."""
        if not folded(text):
            return [_Stage(true(), self._key)]
        found = [(field.key, word) for field in self._fields for word in dict.fromkeys(field.spellings(text)) if word]
        stages = [_Stage(key[0] == word, key) for key, word in found]
        if match is not SearchMatch.EXACT:
            stages += [_Stage(_begins(key[0], word), key) for key, word in found]
        if match is SearchMatch.PART:
            words = {(field.key[0], folded(text)) for field in self._fields} | {(key[0], word) for key, word in found}
            anywhere = sorted(words, key=lambda pair: (pair[0].key, pair[1]))
            stages.append(_Stage(or_(*(_Contains(one, _pattern(word)) for one, word in anywhere)), self._key))
        return stages

    def page(
        self, db: Session, rows: Query, text: str, match: SearchMatch, after: Position, limit: int
    ) -> tuple[list[Row[Any]], Position | None]:
        """At most ``limit`` of ``rows``, which select the columns of all keys, and the position of the next page.

        Raises NoSuchPage for a position that no page of this search has.
        """
        stages = self.stages(text, match)
        first, *values = after
        if not (0 <= first < len(stages) and len(values) in (0, len(stages[first].key))):
            raise NoSuchPage
        found: list[Row[Any]] = []
        for number in range(first, len(stages)):
            stage, left = stages[number], limit - len(found)
            if not left:
                return found, [number]
            query = rows.where(stage.condition, *(not_(earlier.condition) for earlier in stages[:number]))
            if values:
                query = query.where(_beyond(stage.key, values))
            some = db.execute(query.order_by(*stage.key).limit(left + 1)).all()
            found += some[:left]
            if len(some) > left:
                return found, [number, *(getattr(found[-1], column.key) for column in stage.key)]
            values = []
        return found, None


class _Contains(FunctionElement[bool]):
    """Whether a column has a pattern, in any letter case of A to Z.

    SQLAlchemy's ``icontains`` makes a small copy of every text first, which takes SQLite three times as long.
    """

    type = Boolean()
    inherit_cache = True


@compiles(_Contains)
def _ilike(element: _Contains, compiler: SQLCompiler, **options: Any) -> str:
    column, pattern = (compiler.process(one, **options) for one in element.clauses)
    return f"{column} ILIKE {pattern} ESCAPE '/'"


@compiles(_Contains, "sqlite")
def _like(element: _Contains, compiler: SQLCompiler, **options: Any) -> str:
    column, pattern = (compiler.process(one, **options) for one in element.clauses)
    return f"{column} LIKE {pattern} ESCAPE '/'"


def _pattern(text: str) -> str:
    return "%" + "".join(f"/{character}" if character in "/%_" else character for character in text) + "%"


def _begins(column: Column, text: str) -> ColumnElement[bool]:
    """Whether a text begins so, as a range: an index finds it, and no character of it is a wildcard."""
    after = _after(text)
    return column >= text if after is None else and_(column >= text, column < after)


def _after(text: str) -> str | None:
    """The first text after all that begin with ``text``, by code points; None if there is none."""
    kept = text.rstrip(chr(_LAST))
    if not kept:
        return None
    following = ord(kept[-1]) + 1
    return kept[:-1] + chr(_SURROGATES.stop if following in _SURROGATES else following)


def _beyond(key: tuple[Column, ...], values: Sequence[Any]) -> ColumnElement[bool]:
    return key[0] > values[0] if len(key) == 1 else tuple_(*key) > tuple_(*values)


def cursor_of(positions: Sequence[Position | None]) -> str:
    """Positions as one text for the caller, who gives it back for the next page."""
    return urlsafe_b64encode(json.dumps(positions, ensure_ascii=False, separators=(",", ":")).encode()).decode()


def positions_of(cursor: str, kinds: int) -> list[Position | None]:
    """The positions of so many kinds in a text of ``cursor_of``. Raises NoSuchPage for any other text."""
    try:
        positions = json.loads(b64decode(cursor, altchars=b"-_", validate=True))
        json.dumps(positions, ensure_ascii=False).encode()  # half a character is none that a database knows
    except (ValueError, RecursionError):
        raise NoSuchPage from None
    if not (isinstance(positions, list) and len(positions) == kinds and all(map(_is_position, positions))):
        raise NoSuchPage
    return positions


def _is_position(position: object) -> bool:
    if position is None:
        return True
    if not (isinstance(position, list) and position and type(position[0]) is int):
        return False
    return all(isinstance(value, str) and "\0" not in value for value in position[1:])
