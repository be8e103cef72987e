"""Medians, percentiles, ratios and the load generator's share."""

from __future__ import annotations

from bench.figures import Readings, percentile, ratios, share_of_core, spread, table


def test_a_percentile_is_a_value_that_was_read() -> None:
    values = [float(value) for value in range(1, 101)]
    assert [percentile(values, share) for share in (0.5, 0.95, 0.99)] == [51.0, 96.0, 100.0]
    assert percentile([7.0], 0.99) == 7.0


def test_a_spread_shows_median_minimum_and_maximum() -> None:
    assert spread([3000.0, 1000.0, 2000.0]) == "2,000 (1,000–3,000)"
    assert spread([0.5], 2) == "0.50 (0.50–0.50)"
    assert spread([]) == "–"


def test_ratios_are_of_the_same_round_and_need_both() -> None:
    assert ratios([2.0, 6.0], [1.0, 2.0]) == [2.0, 3.0]
    assert ratios([2.0, 6.0], []) == []
    assert ratios([], [2.0]) == []


def test_a_generator_above_four_fifths_of_a_core_is_flagged() -> None:
    assert "bottleneck" not in share_of_core([0.2, 0.8])
    assert share_of_core([0.2, 0.81]).endswith(" **bottleneck**")


def test_readings_keep_the_order_of_targets_and_join_the_latencies_of_rounds() -> None:
    readings = Readings()
    for cpu in (1.0, 3.0):
        readings.add("gateway", {"cpu": cpu, "told": [0.001 * cpu], "generator_load": 0.1})
    readings.add("Node", {"cpu": 9.0, "told": [], "generator_load": 0.2})
    assert readings.names == ["gateway", "Node"]
    assert readings.median("gateway", "cpu") == 2.0
    assert readings.milliseconds("gateway") == [1.0, 3.0]
    assert readings.generator_loads() == [0.1, 0.1, 0.2]
    assert readings.values("nobody", "cpu") == []
    assert readings.names == ["gateway", "Node"]


def test_a_table_is_markdown() -> None:
    assert table(("a", "b"), [("1", "2")]) == ["| a | b |", "|---|---|", "| 1 | 2 |"]
