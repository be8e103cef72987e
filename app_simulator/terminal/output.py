"""Output and questions of the command line: words for people, or one JSON object for programs.

Text from outside (the name of a client or device) is shown with visible control characters: it must not
rewrite the page on which a person decides.
"""

from __future__ import annotations

import json
import os
import sys
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import click
from rich.console import Console, RenderableType

from app_simulator.texts import Texts

LONGEST = 120
# Control, format (bidirectional overrides too), surrogate, private, unassigned; line and paragraph separators.
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def visible(text: str) -> str:
    """Text of unknown origin on one line: at most 120 characters, without control of the terminal."""
    shown = "".join(f"\\u{ord(c):04x}" if unicodedata.category(c) in _INVISIBLE else c for c in text[:LONGEST])
    return shown + ("…" if len(text) > LONGEST else "")


def moment(milliseconds: int) -> str:
    """A moment of the gateway's clock in this machine's time zone."""
    try:
        return datetime.fromtimestamp(milliseconds / 1000, tz=UTC).astimezone().strftime("%Y-%m-%d %H:%M:%S")
    except (OverflowError, ValueError, OSError):
        return str(milliseconds)


class Terminal:
    """The terminal of a command. With ``as_json``, standard output holds the JSON object and nothing else."""

    def __init__(self, texts: Texts, *, as_json: bool = False) -> None:
        self.texts = texts
        self.as_json = as_json
        stream = sys.stderr if as_json else sys.stdout
        # A pipe or a file has no width of its own; a table's ids must not be broken in it.
        width = None if stream.isatty() or "COLUMNS" in os.environ else 160
        self.console = Console(stderr=as_json, width=width, markup=False, highlight=False, emoji=False, soft_wrap=True)

    @property
    def interactive(self) -> bool:
        """Whether there is a person to ask."""
        return sys.stdin is not None and sys.stdin.isatty()

    def show(self, *parts: RenderableType) -> None:
        """Show text for people; with ``as_json`` on standard error."""
        for part in parts:
            self.console.print(part)

    def answer(self, answer: Mapping[str, Any], *for_people: RenderableType) -> None:
        """Show the result: the JSON object, or the text for people."""
        if self.as_json:
            click.echo(json.dumps(answer, ensure_ascii=False))
        else:
            self.show(*for_people)

    def ask(self, question: str, *, hidden: bool = False) -> str:
        """Ask until there is an answer. Raises click.Abort at the end of the input."""
        answer: str = click.prompt(question, prompt_suffix=" ", hide_input=hidden, err=self.as_json, type=str)
        return answer.strip()
