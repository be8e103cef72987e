"""Goals, and whether what was measured reaches them."""

from __future__ import annotations

import statistics
from dataclasses import dataclass

from bench.figures import table


@dataclass(frozen=True, slots=True)
class Goal:
    """At most ``limit``, of ``values``: one of each round, or a single one; none where it was not measured."""

    title: str
    values: list[float]
    limit: float
    digits: int = 2

    @property
    def verdict(self) -> str:
        """Reached, missed, or not told apart from the limit by a spread that reaches to it."""
        if not self.values:
            return "not measured"
        if statistics.median(self.values) <= self.limit:
            return "reached"
        return "missed" if min(self.values) > self.limit else "no difference from the goal"

    @property
    def measured(self) -> str:
        """The median, with the least and the most where there are several."""
        if not self.values:
            return "–"
        median = f"{statistics.median(self.values):.{self.digits}f}"
        if len(self.values) == 1:
            return median
        return f"{median} ({min(self.values):.{self.digits}f}–{max(self.values):.{self.digits}f})"


def goals_table(goals: list[Goal]) -> list[str]:
    """All goals in Markdown."""
    rows = ((goal.title, goal.measured, f"{goal.limit:g}", goal.verdict) for goal in goals)
    return table(("goal", "measured", "at most", ""), rows)
