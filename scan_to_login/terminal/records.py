"""Records for a terminal: a table where its columns have room, else one line for each value."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table
from rich.text import Text

from scan_to_login.terminal.click_words import cells

LONGEST_KEPT: Final = 24
"""Cells of the longest word for which a column is kept wide enough: longer ones are paths and patterns."""


class Records:
    """Rich renders it. ``heads`` are the columns' names, ``rows`` plain texts, as many as there are heads.

    A table needs room for the longest word of each column. In a narrower window each record is a block of lines,
    `name  value`, and a blank line ends it. ``ids`` says that the first column must not be broken. ``boxed`` draws
    lines around a table.
    """

    def __init__(
        self,
        heads: Sequence[str],
        rows: Iterable[Sequence[str]],
        *,
        ids: bool = False,
        boxed: bool = False,
        title: str = "",
    ) -> None:
        self._heads = heads
        self._rows = list(rows)
        self._title = title
        self._table = Table(title=title or None, title_justify="left", header_style="bold")
        if not boxed:
            self._table.box, self._table.pad_edge = None, False
        columns = zip(heads, *self._rows, strict=True)
        widths = [max(map(_longest_word, column)) for column in columns]
        widths = [min(width, LONGEST_KEPT) if number or not ids else width for number, width in enumerate(widths)]
        self._needed = sum(widths) + (3 * len(heads) + 1 if boxed else 2 * (len(heads) - 1))
        for number, (head, width) in enumerate(zip(heads, widths, strict=True)):
            self._table.add_column(head, overflow="fold", min_width=width, no_wrap=ids and number == 0)
        for row in self._rows:
            self._table.add_row(*map(Text, row))

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        if self._needed <= options.max_width:
            yield self._table
            return
        if self._title:
            yield Text(self._title, "italic")
        for row in self._rows:
            for head, value in zip(self._heads, row, strict=True):
                if value:
                    yield Text.assemble((head, "bold"), "  ", value)
            yield Text()


def _longest_word(text: str) -> int:
    """Cells of the longest part that is not broken: Chinese may be, between any two characters."""
    return max((cells(word) for word in re.findall(r"[^\s\u4e00-\u9fff]+|\S", text)), default=0)
