"""`make demo` from nothing, in a fresh clone, its installation and its start told apart; and again, warm."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from bench.figures import Readings, spread, table
from bench.packages import ROOT
from bench.progress import say
from bench.report import Section

CLONE = "a clone of the repository"
INSTALL = "installation: the virtual environment, and what pip fetches"
FIRST = "first `make demo` after it: both sides, one login"
WARM = "`make demo` again"
NOTHING = "from nothing to the end of the login"
LONGEST_SECONDS = 900
_DEMO = ["make", "demo", "ARGS=--once --no-browser --port 0"]
# A Makefile's own variables, and a virtual environment that is active here, would reach into the clone.
_NOT_INHERITED = ("MAKEFLAGS", "MAKELEVEL", "MFLAGS", "VIRTUAL_ENV", "PYTHONPATH")


def run(*, short: bool) -> Section:
    """Measure once from nothing, and then several times warm."""
    readings = Readings()
    for tool in ("git", "make"):
        if shutil.which(tool) is None:
            return section(readings, [f"There is no {tool} here, so that nothing could be cloned and made."])
    with tempfile.TemporaryDirectory(prefix="bench-demo-") as folder:
        clone = Path(folder) / "scan-to-login"
        _timed(readings, CLONE, ["git", "clone", "--quiet", "--local", str(ROOT), str(clone)], Path(folder))
        _timed(readings, INSTALL, ["make", ".venv/run"], clone)
        _timed(readings, FIRST, _DEMO, clone)
        readings.add(NOTHING, {"ms": sum(sum(readings.values(name, "ms")) for name in readings.names)})
        for _ in range(1 if short else 7):
            _timed(readings, WARM, _DEMO, clone)
    return section(readings, [])


def _timed(readings: Readings, name: str, command: list[str], folder: Path) -> None:
    """Milliseconds of a command in ``folder``. Raises RuntimeError where it fails."""
    say(f"{name}: {' '.join(command[:2])}")
    environment = {name: value for name, value in os.environ.items() if name not in _NOT_INHERITED}
    began = time.perf_counter()
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        timeout=LONGEST_SECONDS,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"`{' '.join(command[:2])}` ended with {done.returncode}: {done.stdout[-500:].strip()}")
    readings.add(name, {"ms": 1000 * (time.perf_counter() - began)})


def section(readings: Readings, remarks: list[str]) -> Section:
    """The table of what was read."""
    rows = [(name, spread([ms / 1000 for ms in readings.values(name, "ms")], 2)) for name in readings.names]
    lines = table(("`make demo`, s", "time"), rows)
    lines += ["", "The installation depends on the network to the package registry and on pip's cache."]
    return Section(title="From nothing", lines=lines if rows else [], remarks=remarks)
