"""The verdict of a goal on a measurement."""

from __future__ import annotations

import pytest

from bench.goals import Goal, goals_table


@pytest.mark.parametrize(
    ("values", "verdict"),
    [
        ([], "not measured"),
        ([1.0], "reached"),
        ([1.01], "missed"),
        ([0.7, 0.9, 1.2], "reached"),
        ([1.02, 1.05, 1.2], "missed"),
        ([0.98, 1.05, 1.2], "no difference from the goal"),
    ],
)
def test_the_median_decides_unless_the_spread_reaches_to_the_limit(values: list[float], verdict: str) -> None:
    assert Goal("cost", values, 1.0).verdict == verdict


def test_the_table_shows_measured_value_limit_and_verdict() -> None:
    lines = goals_table([Goal("cost", [0.5, 0.7, 0.9], 1.0), Goal("idle", [0.0123], 0.01, digits=4), Goal("x", [], 20)])
    assert lines[2:] == [
        "| cost | 0.70 (0.50–0.90) | 1 | reached |",
        "| idle | 0.0123 | 0.01 | missed |",
        "| x | – | 20 | not measured |",
    ]
