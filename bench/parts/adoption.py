"""What a project pays for having this package installed: pytest's start, and `exec` around a command."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from bench.figures import Readings, spread, table
from bench.goals import Goal
from bench.processes import cost_of
from bench.progress import say
from bench.report import Section

WITH = "pytest's start with the plugin, unused"
WITHOUT = "pytest's start without it"
# Plugins of this repository's own tools: several times what is measured.
OTHERS = ("no:schemathesis", "no:hypothesispytest", "no:valkey", "no:xdist", "no:anyio", "no:cacheprovider")
EXEC = "`scan-to-login exec -- true`"


def run(*, short: bool) -> Section:
    """Measure in interleaved rounds: CPU of pytest, time and CPU of `exec`."""
    readings = Readings()
    rounds = 5 if short else 25
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "test_nothing.py").write_text("def test_nothing(): pass\n")
        Path(folder, "pytest.ini").write_text("[pytest]\n")
        pytest = [sys.executable, "-m", "pytest", "-q", *(word for other in OTHERS for word in ("-p", other))]
        starts: dict[str, Callable[[], dict[str, float]]] = {
            WITH: lambda: cost_of(pytest, folder),
            WITHOUT: lambda: cost_of([*pytest, "-p", "no:scan-to-login"], folder),
        }
        for number in range(1, rounds + 1):
            say(f"round {number} of {rounds}: {', '.join(starts)}")
            for name, start in starts.items():
                readings.add(name, start())
        for _ in range(2 if short else 7):
            readings.add(EXEC, cost_of([sys.executable, "-m", "gateway", "exec", "--", "true"], folder))
    return section(readings)


def section(readings: Readings) -> Section:
    """Table and goal. The least CPU of all rounds is told: whatever else runs can only add to it."""
    heads = ("ms", "CPU, the least", "time")
    rows = (
        (name, f"{min(readings.values(name, 'cpu')):.0f}", spread(readings.values(name, "ms"), 0))
        for name in readings.names
    )
    more = [min(readings.values(WITH, "cpu")) - min(readings.values(WITHOUT, "cpu"))]
    return Section(
        title="Installed in another project",
        lines=table(heads, rows),
        goals=[Goal("the unused plugin at pytest's start, ms of CPU", more, 10, digits=1)],
    )
