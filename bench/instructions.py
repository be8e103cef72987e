"""Instructions of one whole login, with each lever and without it: they tell half a percent, on a busy machine too.

    python -m bench.instructions                     all levers, some minutes; needs valgrind (callgrind)
    python -m bench.instructions --only plain        one of them
    python -m bench.instructions --logins 50         fewer logins in each count

Each count is of a gateway of its own under callgrind, on the same data, after logins that do not count.
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
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.figures import spread, table
from bench.generator import generate
from bench.lever_off import LEVERS
from bench.progress import say
from bench.targets import Target, gateway

WARM_UP = 300
COUNTS = 3  # of each, and the one in the middle is told: a collection of garbage falls into one of them
WIDE = 8
START_SECONDS = 600


@contextmanager
def _measured(lever: str, seeded: Path, folder: Path) -> Iterator[tuple[dict[str, Any], subprocess.Popen[str]]]:
    data = folder / lever
    shutil.copytree(seeded, data)
    ready_file = folder / f"{lever}.ready"
    command = [
        "valgrind", "--tool=callgrind", "--instr-atstart=no", f"--callgrind-out-file={folder}/{lever}.out",
        sys.executable, "-m", "bench.lever_off", lever,
        "serve", "--no-sim", "--workers", "1", "--port", "0", "--data-dir", str(data), "--ready-file", str(ready_file),
    ]  # fmt: skip
    environment = {**os.environ, **SETTINGS, "PYTHONHASHSEED": "0"}
    with (folder / f"{lever}.log").open("w+") as log:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True, env=environment)
        try:
            if not (process.stdout and process.stdout.readline()):
                raise RuntimeError((folder / f"{lever}.log").read_text())
            yield json.loads(ready_file.read_text()), process
        finally:
            process.terminate()
            process.wait(START_SECONDS)


SETTINGS: dict[str, str] = {}


def _control(process: subprocess.Popen[str], *arguments: str) -> None:
    subprocess.run(["callgrind_control", *arguments, str(process.pid)], check=True, stdout=subprocess.DEVNULL)


def _dumped(folder: Path, lever: str, number: int) -> int:
    """What was counted since the dump before, by all threads."""
    text = (folder / f"{lever}.out.{number}").read_text()
    return int(re.findall(r"^totals: (\d+)", text, re.MULTILINE)[-1])


def count(lever: str, seeded: Path, target: Target, folder: Path, logins: int) -> list[float]:
    """Instructions of one login without ``lever``, counted several times."""
    say(f"starting the gateway under callgrind: {LEVERS[lever][0]}")
    counts = []
    with _measured(lever, seeded, folder) as (ready, process):
        redis = ready["redis"]
        here = {**target, "url": ready["url"], "pids": [process.pid], "redis": redis["url"], "redis_pid": redis["pid"]}
        generate(here, "saturated", flows=WARM_UP, wide=WIDE)
        for number in range(1, COUNTS + 1):
            _control(process, "-i", "on")
            generate(here, "saturated", flows=logins, wide=WIDE)
            _control(process, "-i", "off")
            _control(process, "-d")
            counts.append(_dumped(folder, lever, number) / logins)
    return counts


def main() -> int:
    """Count and print a table; 1 where valgrind is missing."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.instructions", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", action="append", choices=LEVERS, metavar="LEVER", help=f"one of: {', '.join(LEVERS)}")
    parser.add_argument("--logins", type=int, default=100, help="logins in each count (default: 100)")
    arguments = parser.parse_args()
    if shutil.which("valgrind") is None or shutil.which("callgrind_control") is None:
        say("valgrind is missing: apt-get install valgrind (brew has none for Apple's processors).")
        return 1
    with tempfile.TemporaryDirectory(prefix="bench-instructions-") as name:
        folder = Path(name)
        with gateway() as target:
            SETTINGS.update(target["environment"])
            data = Path(target["data_dir"])
            seeded = folder / "seeded"
            seeded.mkdir()
            for path in data.glob("*.sqlite3*"):
                shutil.copy(path, seeded)
        counts = {
            lever: count(lever, seeded, target, folder, arguments.logins)
            for lever in dict.fromkeys(["none", *(arguments.only or LEVERS)])
        }
    whole = statistics.median(counts["none"])
    rows = []
    for lever, found in counts.items():
        here = statistics.median(found)
        saved = "" if lever == "none" else f"{(here - whole) / here:+.1%}"
        rows.append((LEVERS[lever][0], spread(found), saved))
    print("\n".join(table(("lever taken away", "instructions a login", "what the lever saves"), rows)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
