"""The parts' tables, goals and plots as one Markdown text, into docs/performance.md and its Chinese twin."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.chinese import Translator, chinese_file
from bench.figures import BUSY
from bench.goals import Goal, goals_table
from bench.plots import Curves, Plot

DOCS = Path(__file__).resolve().parent.parent / "docs"
PAGE = "performance.md"
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


def load_averages(before: float, after: float, *, short: bool) -> str:
    """How busy the machine was, and whether the run was short."""
    return f"load average {before:.1f} before, {after:.1f} after{'; a short run' if short else ''}"


def write(text: str, sections: list[Section], docs: Path = DOCS) -> set[str]:
    """Put the text into performance.md of ``docs`` and, in Chinese, into its twin, between the two marks of each.

    The plots are drawn beside them. A page that is not there is copied from the repository first. Answers the texts
    that there is no Chinese for. Raises ValueError where a mark is missing.
    """
    translator = Translator()
    pages = {docs / PAGE: text, docs / chinese_file(PAGE): translator.page(text)}
    whole = {document: _with_figures(document, figures) for document, figures in pages.items()}
    docs.mkdir(parents=True, exist_ok=True)
    for document, content in whole.items():
        document.write_text(content, "utf-8")
    for section in sections:
        for plot in section.plots:
            if not plot.empty:
                (docs / plot.file).write_text(plot.svg(), "utf-8")
                twin = plot.translated(chinese_file(plot.file), translator.words)
                (docs / twin.file).write_text(twin.svg(), "utf-8")
    return translator.missing


def _with_figures(document: Path, figures: str) -> str:
    source = document if document.exists() else DOCS / document.name
    before, begin, rest = source.read_text("utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"{source} has lost its marks {BEGIN} and {END}: put them back where the figures belong.")
    return f"{before}{BEGIN}\n\n{figures}\n\n{END}{after}"
