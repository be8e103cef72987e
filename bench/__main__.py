"""Whole logins measured beside their peers, in interleaved rounds: tables, ratios against the goals, plots.

    make bench                            all parts, some ten minutes; writes docs/performance.md and its plots
    make bench ARGS=--short               fewer rounds and clients, a minute or two; writes no file
    make bench ARGS="--only growth"       one part; writes no file

Gateways, peers and load generator are separate processes. Absolute times differ from machine to machine, so compare the
ratios.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys

import redis
import requests

from bench import report
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
from bench.progress import say
from bench.report import Section

PARTS = {
    "logins": logins.run,
    "growth": growth.run,
    "waiting": waiting.run,
    "scale": scale.run,
    "tickets": tickets.run,
    "device": device.run,
    "oauth": oauth.run,
    "fixtures": fixtures.run,
    "adoption": adoption.run,
    "commands": commands.run,
    "demo": demo.run,
    "pages": paint.run,
    "levers": microbenchmarks.run,
}
FAILURES = (RuntimeError, OSError, subprocess.SubprocessError, requests.RequestException, redis.RedisError)


def measure(name: str, *, short: bool) -> Section:
    """One part; where it fails, a section that says so, and the others go on."""
    say(f"== {name}")
    try:
        section = PARTS[name](short=short)
    except FAILURES as error:
        section = Section(name, remarks=[f"Not measured: {error}"], failed=True)
    for remark in section.remarks:
        say(remark)
    return section


def main() -> int:
    """Run and print; 1 where a part failed, and then nothing is written."""
    parser = argparse.ArgumentParser(
        prog="python -m bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--short", action="store_true", help="fewer rounds and clients; writes nothing")
    parser.add_argument("--only", action="append", choices=PARTS, metavar="PART", help=f"one of: {', '.join(PARTS)}")
    arguments = parser.parse_args()
    open_many_files()
    compile_packages()
    load_before = os.getloadavg()[0]
    try:
        sections = [measure(name, short=arguments.short) for name in arguments.only or PARTS]
    except KeyboardInterrupt:
        say("stopped; nothing is written")
        return 130
    length = "; a short run" if arguments.short else ""
    load = f"load average {load_before:.1f} before, {os.getloadavg()[0]:.1f} after{length}"
    text = report.page(sections, f"{report.machine()}; {load}.")
    print(text)
    failed = any(section.failed for section in sections)
    if not (arguments.short or arguments.only or failed):
        report.write(text, sections)
        say(f"written: {report.DOCS / 'performance.md'}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
