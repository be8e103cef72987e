"""Each part's tables and goals, from made-up readings; without the peers too."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from bench import instructions, report
from bench.chinese import Translator
from bench.figures import Readings
from bench.goals import Goal
from bench.optional_features import FEATURES, OFF
from bench.parts import (
    commands,
    demo,
    device,
    fixtures,
    growth,
    logins,
    microbenchmarks,
    paint,
    scale,
    tickets,
    waiting,
)  # fmt: skip
from bench.parts.ticket_ends import Ending, TicketsEnded
from bench.report import Section
from bench.targets import BARE, BUN, EXPRESS, OLD_BARE, OLD_EXPRESS, OURS
from gateway.config import Settings

MADE_UP = {"There is no Node here.", "No Chromium", "one trip instead of two"}  # by these tests


def row(cpu: float, **more: Any) -> dict[str, Any]:
    """A round."""
    rates = {"redis_cpu_us": 200.0, "flows_per_second": 500.0, "generator_load": 0.2}
    return {"server_cpu_us": cpu, **rates, "told": [0.001, 0.002], **more}


def checked(section: Section) -> Section:
    """The section, after a look whether all of it has Chinese."""
    translator = Translator()
    translator.page(report.page([section], f"{report.machine()}; {report.load_averages(0.5, 1.0, short=True)}."))
    for plot in section.plots:
        plot.translated("x.svg", translator.words)
    assert translator.missing <= MADE_UP
    return section


def verdicts(goals: list[Goal]) -> list[str]:
    """One of each goal."""
    return [goal.verdict for goal in goals]


def logins_seen(*peers: str) -> logins.Seen:
    """One round, in which peers cost twice what the gateway does."""
    seen = logins.Seen()
    for name in (OURS, *peers):
        seen.saturated.add(name, row(1000.0 if name == OURS else 2000.0))
        seen.light.add(name, row(1000.0))
        seen.half.add(name, row(1000.0))
    seen.light.add(logins.FLOOR, {"told": [0.001], "generator_load": 0.1})
    return seen


def test_logins_are_reported_in_ratios_to_the_peers() -> None:
    section = checked(logins.section(logins_seen(BARE, BUN, EXPRESS, OLD_BARE, OLD_EXPRESS), []))
    assert verdicts(section.goals) == ["reached"] * 8
    assert f"| {OURS} | 1,000 (1,000–1,000) | 0.50 (0.50–0.50) | 0.50 (0.50–0.50) |" in "\n".join(section.lines)
    assert [len(plot.bars) for plot in section.plots] == [6, 7]


def test_logins_without_peers_leave_their_goals_not_measured() -> None:
    section = checked(logins.section(logins_seen(), ["There is no Node here."]))
    assert verdicts(section.goals) == [*["not measured"] * 5, "reached", *["not measured"] * 2]
    assert "There is no Node here." in section.text()


def test_growth_is_compared_with_the_growth_of_node_and_bun() -> None:
    readings = Readings()
    for kind, one, eight in ((OURS, 1000.0, 2000.0), (BARE, 1000.0, 3000.0), (BUN, 1000.0, 1500.0)):
        readings.add(f"{kind}, 1 worker", row(one))
        readings.add(f"{kind}, 8 workers", row(eight))
    section = checked(growth.section(readings, (1, 8), []))
    assert [goal.measured for goal in section.goals] == ["0.67", "1.33"]
    assert "| gateway, 8 workers | 2,000 (2,000–2,000) | 2.00 (2.00–2.00) |" in "\n".join(section.lines)
    assert f"| {BUN}, 8 workers | 1,500 (1,500–1,500) | 1.50 (1.50–1.50) |" in "\n".join(section.lines)


def test_growth_without_node_is_reported_and_not_judged() -> None:
    readings = Readings()
    readings.add(f"{OURS}, 1 worker", row(1000.0))
    readings.add(f"{OURS}, 8 workers", row(2000.0))
    assert verdicts(checked(growth.section(readings, (1, 8), [])).goals) == ["not measured"] * 2


def test_waiting_clients_are_judged_by_memory_idle_cpu_and_the_logins_beside_them() -> None:
    seen = waiting.Seen()
    for name, size in ((OURS, 4000.0), (BARE, 16_000.0), (BUN, 5000.0)):
        arrival = {"bytes_each": size, "connects_per_second": 1.0, "connect_cpu_us": 1.0, "generator_load": 0.9}
        seen.arrived[name] = {1000: arrival, 10_000: arrival}
        seen.idle_few[name], seen.idle_many[name] = 0.001, 0.02
        seen.left[name] = {"disconnect_cpu_us": 1.0}
        seen.beside_few.add(name, row(1000.0))
        seen.beside_many.add(name, row(1050.0))
    section = checked(waiting.section(seen, []))
    assert verdicts(section.goals) == [
        *("reached", "reached"),  # memory beside Node
        *("missed", "missed"),  # memory beside Bun
        *("missed", "missed"),  # CPU of the idle ones, alone and beside Bun
        "reached",
    ]
    assert [goal.measured for goal in section.goals[:4]] == ["0.25", "0.25", "0.80", "0.80"]
    assert max(section.generator_loads) == 0.9
    assert "0.90 (0.90–0.90) **bottleneck**" in "\n".join(section.lines)


def test_waiting_clients_without_peers_are_reported_and_judged_alone() -> None:
    seen = waiting.Seen()
    arrival = {"bytes_each": 4000.0, "connects_per_second": 1.0, "connect_cpu_us": 1.0, "generator_load": 0.1}
    seen.arrived[OURS] = {10_000: arrival}
    seen.idle_few[OURS], seen.idle_many[OURS] = 0.001, 0.005
    seen.left[OURS] = {"disconnect_cpu_us": 1.0}
    seen.beside_few.add(OURS, row(1000.0))
    seen.beside_many.add(OURS, row(1050.0))
    assert verdicts(checked(waiting.section(seen, [])).goals) == [
        *["not measured"] * 2,
        "reached",
        "not measured",
        "reached",
    ]


def test_a_crowd_is_judged_beside_bun_from_10_000_on() -> None:
    seen = {
        OURS: [scale.Point(1000, 3000.0, 0.002, 0.1), scale.Point(10_000, 3000.0, 0.01, 0.1)],
        BUN: [scale.Point(1000, 9000.0, 0.002, 0.1), scale.Point(10_000, 9000.0, 0.04, 0.1)],
    }
    seen[OURS].append(scale.Point(20_000, 3000.0, 0.02, 0.1))
    section = checked(scale.section(seen, []))
    assert [goal.measured for goal in section.goals] == ["0.33", "0.25", "–", "–"]
    assert "| gateway | 10,000 | 3.0 | 1.00% | 1.00 |" in "\n".join(section.lines)


def test_live_tickets_are_judged_with_the_cpu_of_redis_and_their_end_is_told() -> None:
    seen = tickets.Seen([100, 100_000, 1_000_000], bytes_each={100: 9.0, 100_000: 1300.0, 1_000_000: 1250.0})
    for name, cpu in (("100", 1200.0), ("100,000", 1500.0), ("1,000,000", 1320.0)):
        seen.logins.add(f"{name} live tickets", row(1000.0, cpu_us=cpu))
    calm = row(1000.0, took=[0.005, 0.006])
    ending = row(1000.0, took=[0.005, 0.040]) | {"redis_cpu_us": 10_200.0}
    seen.ended = TicketsEnded(Ending(1_000_000, calm, 200, ending, 200), seconds=3.0, bytes_freed=650_000_000)
    seen.crowd = Ending(10_000, calm, 200, row(2000.0, took=[0.007]), 100)
    section = checked(tickets.section(seen, []))
    assert [(goal.measured, goal.verdict) for goal in section.goals] == [("1.25", "missed"), ("1.10", "reached")]
    lines = "\n".join(section.lines)
    assert "| 1,000,000 live tickets | 1,000 (1,000–1,000) | 200 (200–200) | 500 (500–500) | 1,250 |" in lines
    assert "| while they end at one moment | 40.0 | 40.0 | 40.0 | 1,000 | 10,200 |" in lines
    assert "3.0 s after that moment, for 2.0 s of its CPU" in lines
    assert "| while their tickets end as they came | 7.0 | 7.0 | 7.0 | 2,000 | 200 |" in lines
    assert "ticket costs the gateway 10 µs and Redis 0 µs." in lines


def test_a_device_flow_reports_its_polls_and_their_cost() -> None:
    readings, polling = Readings(), Readings()
    readings.add(OURS, row(1000.0))
    readings.add(device.PEER, row(1500.0, polls=2.5))
    readings.add(device.ON_BUN, row(700.0, polls=2.5))
    polling.add(device.PEER, row(300.0))
    polling.add(device.ON_BUN, row(150.0))
    lines = "\n".join(checked(device.section(readings, polling, [])).lines)
    assert "| 2.5 | 2.0 | 2.0 | 2.0 |" in lines
    assert f"| {device.PEER} | 300 | 3.0 |" in lines
    assert f"| {device.ON_BUN} | 150 | 1.5 |" in lines


def test_fixtures_are_judged_by_medians() -> None:
    readings = Readings()
    for name, taken in (
        (fixtures.FIRST, [700.0, 750.0, 400.0]),
        (fixtures.NODE, [350.0, 500.0, 200.0]),
        (fixtures.FURTHER, [100.0, 150.0, 900.0]),
        (fixtures.RESET, [25.0]),
        (fixtures.LOGIN, [8.0]),
        (fixtures.NPM, [12.0, 13.0, 11.0]),
    ):
        for milliseconds in taken:
            readings.add(name, {"ms": milliseconds, "cpu": milliseconds})
    section = checked(fixtures.section(readings, []))
    assert verdicts(section.goals) == ["missed", "reached", "reached", "missed", "reached"]
    assert section.goals[1].measured == "2.00 (1.50–2.00)"
    assert f"| {fixtures.NPM} | 12.0 (11.0–13.0) | – |" in section.lines


def test_a_demonstration_from_nothing_tells_installation_and_start_apart() -> None:
    readings = Readings()
    for name, seconds in ((demo.INSTALL, [30.0]), (demo.FIRST, [3.0]), (demo.NOTHING, [33.5]), (demo.WARM, [2.0, 2.5])):
        for taken in seconds:
            readings.add(name, {"ms": 1000 * taken})
    lines = checked(demo.section(readings, [])).lines
    assert f"| {demo.INSTALL} | 30.00 (30.00–30.00) |" in lines
    assert f"| {demo.WARM} | 2.25 (2.00–2.50) |" in lines


def test_pages_report_first_paint_and_use() -> None:
    readings = Readings()
    for painted in (40.0, 60.0, 50.0):
        readings.add("/", {"painted": painted, "usable": painted + 20})
    assert "| `/` | 50 (40–60) | 70 (60–80) |" in checked(paint.section(readings, [])).lines
    assert "No Chromium" in checked(paint.section(Readings(), ["No Chromium"])).text()


def test_help_is_judged_by_the_least_cpu() -> None:
    readings = Readings()
    for name in commands.HELPS:
        for cpu in (130.0, 119.0, 400.0):
            readings.add(name, {"cpu": cpu, "ms": 2 * cpu})
    section = checked(commands.section(readings))
    assert verdicts(section.goals) == ["reached"] * len(commands.HELPS)
    assert "| `gateway --help` | 119 | 260 (238–800) |" in section.lines


@pytest.mark.slow
def test_a_command_that_fails_is_no_measurement() -> None:
    assert commands.cost_of([sys.executable, "-c", "pass"])["ms"] > 0
    with pytest.raises(RuntimeError, match="ended with 3: no use"):
        commands.cost_of([sys.executable, "-c", "import sys; print('no use', file=sys.stderr); sys.exit(3)"])


def test_an_optimization_is_reported_as_a_ratio_to_the_code_without_it() -> None:
    section = checked(
        microbenchmarks.section(
            {"one trip instead of two": {"with": [10.0, 12.0, 11.0], "without": [20.0, 24.0, 44.0]}}
        )
    )
    assert section.lines[2:] == ["| one trip instead of two | 11 (10–12) | 24 (20–44) | 0.50 (0.25–0.50) |"]


@pytest.mark.slow
def test_every_optimization_runs_both_ways() -> None:
    told = microbenchmarks.measure(1)
    assert len(told) == 8
    for sides in told.values():
        assert all(cost > 0 for side in ("with", "without") for cost in sides[side])


@pytest.mark.parametrize("settings", [True, False])
def test_instructions_are_told_beside_the_first_count(settings: bool) -> None:
    variants = {"first": instructions.Variant("as it is"), "second": instructions.Variant("another")}
    lines = instructions.told(variants, {"first": [100.0, 101.0, 99.0], "second": [110.0]}, settings=settings)
    assert lines[2] == "| as it is | 100 (99–101) |  |"
    assert lines[3] == f"| another | 110 (110–110) | {'+10.0%' if settings else '+9.1%'} |"


def test_every_optional_feature_differs_from_all_of_them_off() -> None:
    for feature in FEATURES.values():
        assert dict(feature.settings).items() - OFF.items(), feature.label
        assert feature.settings.keys() <= OFF.keys()
    assert {name.removeprefix("PAIRING_").lower() for name in OFF} <= Settings.model_fields.keys()
