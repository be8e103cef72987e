"""The saving of each optimization alone: a ratio of the same work with it and without it, in one process."""

from __future__ import annotations

import json
import subprocess
import sys

from bench.figures import ratios, spread, table
from bench.progress import say
from bench.report import Section


def run(*, short: bool) -> Section:
    """Measure them in interleaved rounds, in a process of their own."""
    rounds = 3 if short else 9
    say(f"{rounds} rounds of each optimization, with it and without it")
    return section(measure(rounds))


def measure(rounds: int) -> dict[str, dict[str, list[float]]]:
    """Return CPU µs of a call, by optimization, side and round. Raises RuntimeError if its process fails."""
    command = [sys.executable, "-W", "ignore", "-m", "bench.microbenchmarks", str(rounds)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    if done.returncode:
        raise RuntimeError(f"the microbenchmarks' process failed: {done.stderr.strip()[-500:]}")
    told: dict[str, dict[str, list[float]]] = json.loads(done.stdout)
    return told


def section(told: dict[str, dict[str, list[float]]]) -> Section:
    """Their table."""
    rows = (
        (lever, spread(sides["with"]), spread(sides["without"]), spread(ratios(sides["with"], sides["without"]), 2))
        for lever, sides in told.items()
    )
    return Section(
        title="Optimizations, each alone", lines=table(("CPU µs a call", "with it", "without", "ratio"), rows)
    )
