"""What people wait for at a terminal: help, an error of use, and the demonstration from its start to its end."""

from __future__ import annotations

import sys

from bench.figures import Readings, spread, table
from bench.goals import Goal
from bench.processes import cost_of
from bench.progress import say
from bench.report import Section

PYTHON = "Python itself"
HELPS = {
    "`gateway --help`": ["gateway", "--help"],
    "`gateway serve --help`": ["gateway", "serve", "--help"],
    "`app-simulator --help`": ["app_simulator", "--help"],
    "`client-stub --help`": ["client_stub", "--help"],
}
ERROR = "an error of use: `gateway sevre`"
DEMO = "`gateway demo --once`: both sides, one login"
MOST_MS = 120


def run(*, short: bool) -> Section:
    """Measure in interleaved rounds."""
    readings = Readings()
    rounds = 3 if short else 15
    for number in range(1, rounds + 1):
        say(f"round {number} of {rounds}: help of {len(HELPS)} commands, and an error of use")
        readings.add(PYTHON, cost_of([sys.executable, "-c", "pass"]))
        for name, words in HELPS.items():
            readings.add(name, cost_of([sys.executable, "-m", *words]))
        readings.add(ERROR, cost_of([sys.executable, "-m", "gateway", "sevre"], codes=(2,)))
    for _ in range(1 if short else 5):
        say(DEMO)
        readings.add(DEMO, cost_of([sys.executable, "-m", "gateway", "demo", "--once", "--no-browser", "--port", "0"]))
    return section(readings)


def section(readings: Readings) -> Section:
    """Table and goals. The least CPU of all rounds is judged: whatever else runs can only add to it."""
    rows = (
        (name, f"{min(readings.values(name, 'cpu')):.0f}", spread(readings.values(name, "ms"), 0))
        for name in readings.names
    )
    return Section(
        title="At the terminal",
        lines=table(("ms", "CPU, the least", "time"), rows),
        goals=[Goal(f"{name}, ms of CPU", [min(readings.values(name, "cpu"))], MOST_MS, digits=0) for name in HELPS],
    )
