"""The parts' tables, goals and plots as one Markdown text, and into docs/performance.md."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.figures import BUSY
from bench.goals import Goal, goals_table
from bench.plots import Curves, Plot

DOCS = Path(__file__).resolve().parent.parent / "docs"
BEGIN, END = "<!-- figures: written by `make bench` -->", "<!-- end of figures -->"


@dataclass(frozen=True, slots=True)
class Section:
    """What one part has to tell."""

    title: str
    lines: list[str] = field(default_factory=list)
    goals: list[Goal] = field(default_factory=list)
    plots: Sequence[Plot | Curves] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    failed: bool = False
    generator_loads: list[float] = field(default_factory=list)

    def text(self) -> str:
        """The section in Markdown."""
        pictures = [f"![{plot.title}]({plot.file})" for plot in self.plots if not plot.empty]
        blocks = [f"### {self.title}", *self.remarks, "\n".join(self.lines), *pictures]
        return "\n\n".join(block for block in blocks if block)


def machine() -> str:
    """What it was measured on."""
    return f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"


def page(sections: list[Section], conditions: str) -> str:
    """The whole text: conditions, goals, then the parts."""
    goals = [goal for section in sections for goal in section.goals]
    opening = f"{conditions}{_generator(sections)} Medians, with the least and the most of all rounds in brackets."
    blocks = [opening, "\n".join(goals_table(goals)) if goals else "", *(section.text() for section in sections)]
    return "\n\n".join(block for block in blocks if block)


def _generator(sections: list[Section]) -> str:
    loads = [load for section in sections for load in section.generator_loads]
    if not loads:
        return ""
    most = max(loads)
    if most > BUSY:
        return f" The load generator took up to {most:.2f} of a core: it was the bottleneck of the rows marked so."
    return f" The load generator took at most {most:.2f} of a core: it was not the bottleneck."


def write(text: str, sections: list[Section], docs: Path = DOCS) -> None:
    """Put the text into performance.md of ``docs``, between its two marks, and draw the plots beside it.

    Raises ValueError where a mark is missing.
    """
    document = docs / "performance.md"
    before, begin, rest = document.read_text("utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"{document} has lost its marks {BEGIN} and {END}: put them back where the figures belong.")
    document.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}", "utf-8")
    for section in sections:
        for plot in section.plots:
            if not plot.empty:
                (docs / plot.file).write_text(plot.svg(), "utf-8")
