"""Instructions of one whole login, with each lever and without it: they tell half a percent, on a busy machine too.

    python -m bench.instructions                     all levers, some minutes; needs valgrind (callgrind)
    python -m bench.instructions --settings          optional features instead, each switched on alone
    python -m bench.instructions --only plain        one of them; with --settings, one of those
    python -m bench.instructions --logins 50         fewer logins in each count

Each count is of a gateway of its own under callgrind, on the same data, after logins that do not count. What the
gateway does in the background is counted while it is idle, and taken off: on a busy machine a login lasts longer.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.figures import spread, table
from bench.generator import generate
from bench.lever_off import LEVERS
from bench.optional_features import FEATURES, OFF, Feature
from bench.progress import say
from bench.targets import Target, gateway

WARM_UP = 300
COUNTS = 3  # of each, and the one in the middle is told: a collection of garbage falls into one of them
WIDE = 8
IDLE_SECONDS = 10
START_SECONDS = 600
_LEVER_HEADS = ("lever taken away", "instructions a login", "what the lever saves")


@dataclass(frozen=True, slots=True)
class Variant:
    """A gateway without one of its levers, or with settings of its own; ``remember`` is a wish of its clients."""

    label: str
    lever: str = "none"
    settings: Mapping[str, str] = field(default_factory=dict)
    remember: bool = False


@contextmanager
def _measured(
    name: str, variant: Variant, target: Target, seeded: Path, folder: Path
) -> Iterator[tuple[dict[str, Any], subprocess.Popen[str]]]:
    data = folder / name
    shutil.copytree(seeded, data)
    ready_file = folder / f"{name}.ready"
    command = [
        "valgrind", "--tool=callgrind", "--instr-atstart=no", f"--callgrind-out-file={folder}/{name}.out",
        sys.executable, "-m", "bench.lever_off", variant.lever,
        "serve", "--no-sim", "--workers", "1", "--port", "0", "--data-dir", str(data), "--ready-file", str(ready_file),
    ]  # fmt: skip
    slow = {"PYTHONHASHSEED": "0", "PAIRING_REDIS_TIMEOUT_SECONDS": "60"}  # callgrind takes fifty times as long
    environment = {**os.environ, **target["environment"], **variant.settings, **slow}
    with (folder / f"{name}.log").open("w+") as log:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True, env=environment)
        try:
            if not (process.stdout and process.stdout.readline()):
                raise RuntimeError((folder / f"{name}.log").read_text())
            yield json.loads(ready_file.read_text()), process
        finally:
            process.terminate()
            process.wait(START_SECONDS)


def _control(process: subprocess.Popen[str], *arguments: str) -> None:
    subprocess.run(["callgrind_control", *arguments, str(process.pid)], check=True, stdout=subprocess.DEVNULL)


def _counted(process: subprocess.Popen[str], dump: Path, work: Callable[[], object]) -> tuple[int, float]:
    """The instructions of all threads while ``work`` is done, and the seconds that it took."""
    _control(process, "-i", "on")
    began = time.monotonic()
    work()
    seconds = time.monotonic() - began
    _control(process, "-i", "off")
    _control(process, "-d")
    return int(re.findall(r"^totals: (\d+)", dump.read_text(), re.MULTILINE)[-1]), seconds


def count(name: str, variant: Variant, seeded: Path, target: Target, folder: Path, logins: int) -> list[float]:
    """Instructions of one login at this ``variant``, counted several times."""
    say(f"starting the gateway under callgrind: {variant.label}")
    counts = []
    with _measured(name, variant, target, seeded, folder) as (ready, process):
        redis = ready["redis"]
        here = {**target, "url": ready["url"], "pids": [process.pid], "redis": redis["url"], "redis_pid": redis["pid"]}
        here["remember"] = variant.remember
        generate(here, "saturated", flows=WARM_UP, wide=WIDE)
        spent, seconds = _counted(process, folder / f"{name}.out.1", lambda: time.sleep(IDLE_SECONDS))
        idle = spent / seconds
        for number in range(2, COUNTS + 2):
            spent, seconds = _counted(
                process, folder / f"{name}.out.{number}", lambda: generate(here, "saturated", flows=logins, wide=WIDE)
            )
            counts.append((spent - idle * seconds) / logins)
    return counts


def main() -> int:
    """Count and print a table; 1 where valgrind is missing."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.instructions", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--settings", action="store_true", help="optional features in place of levers")
    parser.add_argument(
        "--only",
        action="append",
        metavar="NAME",
        help=f"one of: {', '.join(LEVERS)}; with --settings {', '.join(FEATURES)}",
    )
    parser.add_argument("--logins", type=int, default=100, help="logins in each count (default: 100)")
    arguments = parser.parse_args()
    variants = _features() if arguments.settings else _levers()
    if unknown := set(arguments.only or ()) - set(variants):
        parser.error(f"none of {', '.join(variants)}: {', '.join(sorted(unknown))}")
    if shutil.which("valgrind") is None or shutil.which("callgrind_control") is None:
        say("valgrind is missing: apt-get install valgrind (brew has none for Apple's processors).")
        return 1
    with tempfile.TemporaryDirectory(prefix="bench-instructions-") as name:
        folder = Path(name)
        with gateway() as target:
            data = Path(target["data_dir"])
            seeded = folder / "seeded"
            seeded.mkdir()
            for path in data.glob("*.sqlite3*"):
                shutil.copy(path, seeded)
        counts = {
            name: count(name, variants[name], seeded, target, folder, arguments.logins)
            for name in dict.fromkeys([next(iter(variants)), *(arguments.only or variants)])
        }
    print("\n".join(told(variants, counts, settings=arguments.settings)))
    return 0


def _levers() -> dict[str, Variant]:
    return {name: Variant(label, name) for name, (label, _) in LEVERS.items()}


def _features() -> dict[str, Variant]:
    everything_off = {"off": Feature("all of them off", {})}
    return {
        name: Variant(feature.label, settings={**OFF, **feature.settings}, remember=feature.remember)
        for name, feature in {**everything_off, **FEATURES}.items()
    }


def told(variants: Mapping[str, Variant], counts: Mapping[str, list[float]], *, settings: bool) -> list[str]:
    """The table; the first count is what the others are compared with."""
    first, whole = next(iter(counts)), statistics.median(next(iter(counts.values())))
    rows = []
    for name, found in counts.items():
        here = statistics.median(found)
        part = (here - whole) / (whole if settings else here)
        rows.append((variants[name].label, spread(found), "" if name == first else f"{part:+.1%}"))
    heads = ("switched on", "instructions a login", "more") if settings else _LEVER_HEADS
    return table(heads, rows)


if __name__ == "__main__":
    sys.exit(main())
