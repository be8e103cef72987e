"""Whole logins measured beside their peers, in interleaved rounds: a table, ratios against the goals, plots.

    make bench                  the whole of it, some minutes; writes docs/performance.md and its plots
    make bench ARGS=--short     fewer rounds and clients, and nothing is written

Gateway, peers and load generator are processes of their own. Absolute times drift from machine to machine: the ratios
are what counts.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from contextlib import ExitStack
from typing import Any

from bench import report, targets
from bench.targets import Target

WIDE = 24
ROUNDS = 5
FLOWS = 300
LIGHT_PER_SECOND = 10
WAITING = [1000, 5000, 10_000]


def generate(target: Target, **task: Any) -> dict[str, Any]:
    """Run the load generator's process against one target."""
    command = [sys.executable, "-m", "bench.load", json.dumps({**target, **task})]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def say(text: str) -> None:
    """Tell how far it is."""
    print(text, file=sys.stderr, flush=True)


def logins(rounds: int, flows: int) -> report.Readings:
    """CPU a login and logins a second of all targets, and from confirm to push, in interleaved rounds."""
    readings = report.Readings()
    with ExitStack() as running:
        measured = {
            "gateway": running.enter_context(targets.gateway()),
            "gateway, 2 workers": running.enter_context(targets.gateway(workers=2)),
            "gateway, stock transport": running.enter_context(targets.gateway(PAIRING_TRANSPORT="stock")),
            "Node, bare http": running.enter_context(targets.node("bare")),
            "Node, express": running.enter_context(targets.node("express")),
        }
        for target in measured.values():
            generate(target, task="saturated", flows=150, wide=WIDE)
        for number in range(rounds):
            for name, target in measured.items():
                readings.add(name, generate(target, task="saturated", flows=flows, wide=WIDE))
            for name in ("gateway", "Node, bare http"):
                readings.told(name, "light", generate(measured[name], task="paced", flows=60, rate=LIGHT_PER_SECOND))
                half = readings.median(name, "flows_per_second") / 2
                paced = generate(measured[name], task="paced", flows=max(60, int(2 * half)), rate=half)
                readings.told(name, "half", paced)
            readings.told("Redis", "light", generate(measured["gateway"], task="floor", messages=60, pause=0.03))
            say(f"round {number + 1} of {rounds}, load average {os.getloadavg()[0]:.1f}")
    return readings


def clients(counts: list[int], idle_seconds: float) -> dict[str, dict[str, Any]]:
    """Memory and CPU of those who wait."""
    seen = {}
    for name, made in (("gateway", targets.gateway()), ("Node, bare http", targets.node("bare"))):
        with made as target:
            generate(target, task="saturated", flows=100, wide=WIDE)
            seen[name] = generate(
                target, task="waiting", counts=counts, idle_seconds=idle_seconds, flows=200, wide=WIDE
            )
        say(f"{name}: {counts[-1]} waited")
    return seen


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--short", action="store_true", help="fewer rounds and clients; writes nothing")
    short = parser.parse_args().short
    load_before = os.getloadavg()[0]
    readings = logins(2 if short else ROUNDS, 150 if short else FLOWS)
    waiting = clients(WAITING[:1] if short else WAITING, 10 if short else 20)
    text = report.text(readings, waiting, load_before)
    print(text)
    if not short:
        report.write(text, readings, waiting)


if __name__ == "__main__":
    main()
