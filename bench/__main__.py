"""Whole logins measured beside their peers, in interleaved rounds: tables, ratios against the goals, plots.

    make bench                            all parts, about 25 minutes; writes docs/performance*.md and their plots
    make bench ARGS=--short               fewer rounds and clients, eight to twelve minutes; leaves docs/ as it is
    make bench ARGS="--only growth"       one part; leaves docs/ as it is

What leaves docs/ as it is, and a run in which a part failed, writes the same pages into build/bench.

Gateways, peers and load generator are separate processes. Absolute times differ from machine to machine, so compare the
ratios.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from bench import report
from bench.packages import ROOT
from bench.parts import (
    adoption,
    commands,
    demo,
    device,
    fixtures,
    growth,
    logins,
    microbenchmarks,
    oauth,
    paint,
    scale,
    tickets,
    waiting,
)  # fmt: skip
from bench.processes import compile_packages, open_many_files
from bench.progress import duration, say
from bench.report import Section


class Part(NamedTuple):
    """What measures it, and about how many seconds that takes on two quiet cores: whole, and in a short run."""

    run: Callable[..., Section]
    seconds: int
    short_seconds: int


PARTS = {
    "logins": Part(logins.run, 330, 90),
    "growth": Part(growth.run, 210, 45),
    "waiting": Part(waiting.run, 150, 45),
    "scale": Part(scale.run, 450, 70),
    "tickets": Part(tickets.run, 300, 35),
    "device": Part(device.run, 180, 45),
    "oauth": Part(oauth.run, 90, 20),
    "fixtures": Part(fixtures.run, 60, 30),
    "adoption": Part(adoption.run, 35, 10),
    "commands": Part(commands.run, 20, 6),
    "demo": Part(demo.run, 90, 75),
    "pages": Part(paint.run, 30, 15),
    "levers": Part(microbenchmarks.run, 40, 15),
}
UNWRITTEN = ROOT / "build" / "bench"


def measure(name: str, *, short: bool) -> Section:
    """One part. Where it fails, by whatever error, a section that says so: the others go on."""
    began = time.monotonic()
    try:
        section = PARTS[name].run(short=short)
    except Exception as error:  # noqa: BLE001 - half an hour's figures of the other parts must not be lost
        traceback.print_exc()
        section = Section(name, remarks=[f"Not measured: {error}"], failed=True)
    for remark in section.remarks:
        say(remark)
    say(f"{name} took {duration(time.monotonic() - began)}")
    return section


def measure_all(names: list[str], *, short: bool) -> list[Section]:
    """All parts, each told at its start with what is still expected."""
    expected = {name: PARTS[name].short_seconds if short else PARTS[name].seconds for name in names}
    for name, seconds in expected.items():
        say(f"{name}: about {duration(seconds)}")
    say(f"all: about {duration(sum(expected.values()))} on two quiet cores")
    sections = []
    for number, (name, seconds) in enumerate(expected.items()):
        left = sum(list(expected.values())[number:])
        say(f"== {name}, {number + 1} of {len(names)}: about {duration(seconds)}; {duration(left)} until the end")
        sections.append(measure(name, short=short))
    return sections


def main() -> int:
    """Run and print; 1 where a part failed, and then docs/ is left as it is."""
    parser = argparse.ArgumentParser(
        prog="python -m bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--short", action="store_true", help="fewer rounds and clients; leaves docs/ as it is")
    parser.add_argument("--only", action="append", choices=PARTS, metavar="PART", help=f"one of: {', '.join(PARTS)}")
    parser.add_argument("--docs", type=Path, metavar="FOLDER", help="write performance*.md and plots there in any case")
    arguments = parser.parse_args()
    open_many_files()
    compile_packages()
    load_before = os.getloadavg()[0]
    try:
        sections = measure_all(arguments.only or list(PARTS), short=arguments.short)
    except KeyboardInterrupt:
        say("stopped; nothing is written")
        return 130
    load = report.load_averages(load_before, os.getloadavg()[0], short=arguments.short)
    text = report.page(sections, f"{report.machine()}; {load}.")
    print(text)
    failed = any(section.failed for section in sections)
    whole = not (arguments.short or arguments.only or failed)
    folder = arguments.docs or (report.DOCS if whole else UNWRITTEN)
    for untranslated in sorted(report.write(text, sections, folder)):
        say(f"no Chinese in bench/chinese.toml: {untranslated}")
    say(f"written: performance.md and performance.zh-CN.md in {folder}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
