"""`python -m bench.upkeep` measures every command of upkeep, here with a few people."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
COMMANDS = [
    *("seed", "search, exact", "search, prefix", "search, part"),
    *("backup", "export-person", "erase-person", "restore", "start on it", "copy-database", "prune"),
]


def test_each_command_gets_a_figure() -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "bench.upkeep", "--people", "50"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in done.stdout.splitlines()[2:]]
    assert [row[0] for row in rows] == COMMANDS
    assert all(float(row[1].removesuffix(" ms").removesuffix(" s")) > 0 for row in rows)
    assert "294 rows" in rows[-1][3], "five events and a device of each of 49 people"
