"""Readings of interleaved rounds, and how they are told: medians with the least and the most, percentiles, ratios."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

BUSY = 0.8  # of a core: from here on the load generator may be what limits


def percentile(values: list[float], share: float) -> float:
    """The value below which ``share`` of them lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def spread(values: list[float], digits: int = 0) -> str:
    """The median with the least and the most; a dash for none."""
    if not values:
        return "–"
    low, high = min(values), max(values)
    return f"{statistics.median(values):,.{digits}f} ({low:,.{digits}f}–{high:,.{digits}f})"


def ratios(ours: list[float], theirs: list[float]) -> list[float]:
    """Ours by theirs, round by round: a round's two are of the same minute of the same machine."""
    return [mine / other for mine, other in zip(ours, theirs, strict=True)] if theirs and ours else []


def share_of_core(loads: list[float]) -> str:
    """The load generator's share of a core, with a warning where it was the bottleneck."""
    return spread(loads, 2) + (" **bottleneck**" if max(loads, default=0.0) > BUSY else "")


def table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    """A table in Markdown; heads are its columns' titles."""
    heads = list(heads)
    lines = [f"| {' | '.join(heads)} |", "|" + "---|" * len(heads)]
    return [*lines, *(f"| {' | '.join(row)} |" for row in rows)]


class Readings:
    """What each target was seen to do, round by round."""

    def __init__(self) -> None:
        self._rounds: dict[str, list[Mapping[str, Any]]] = defaultdict(list)

    @property
    def names(self) -> list[str]:
        """The targets, in the order of their first rounds."""
        return list(self._rounds)

    def add(self, name: str, row: Mapping[str, Any]) -> None:
        """One round of one target."""
        self._rounds[name].append(row)

    def values(self, name: str, what: str) -> list[float]:
        """One figure of all rounds; empty for a target that was not measured."""
        return [row[what] for row in self._rounds.get(name, [])]

    def median(self, name: str, what: str) -> float:
        """Its median. Raises statistics.StatisticsError for a target that was not measured."""
        return statistics.median(self.values(name, what))

    def milliseconds(self, name: str) -> list[float]:
        """From confirm to push, of the logins of all rounds together."""
        return [1000 * seconds for row in self._rounds.get(name, []) for seconds in row["told"]]

    def percentiles(self, name: str, share: float) -> list[float]:
        """A percentile of each round's own, in ms."""
        return [1000 * percentile(row["told"], share) for row in self._rounds.get(name, [])]

    def generator_loads(self) -> list[float]:
        """The load generator's share of a core in every round of every target."""
        return [row["generator_load"] for rows in self._rounds.values() for row in rows]
