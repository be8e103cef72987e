"""A copy of the tree as a checkout gives it, and commands in it."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[3]
MADE = (
    ".git",
    ".venv",
    ".floors",
    "build",
    "node_modules",
    "dist",
    "artifacts",
    "mutants",
    "__pycache__",
    ".*cache",
    ".hypothesis",
)


def copied(folder: Path, *, pages: bool) -> Path:
    """``folder`` with the tree in it; ``pages`` brings the built pages along where there are some."""
    shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(*MADE, *(() if pages else ("pages_dist*",))))
    return folder


# Set by tests, by this repository, and by the make that runs them.
OURS = ("PAIRING_", "PYTHON", "PYTEST_", "MAKE", "MFLAGS")


def plain_environment(**more: str) -> dict[str, str]:
    """The environment without what tests and this repository set in it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    return {**{name: kept[name] for name in kept if name not in ("VIRTUAL_ENV", "CI")}, "NO_COLOR": "1", **more}


def finished(*command: str | Path, folder: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """A command that has ended, whatever its exit code; what it has printed is in ``stdout``."""
    return subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env=plain_environment(**more),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=900,
        check=False,
    )


def run(*command: str | Path, folder: Path, **more: str) -> str:
    """What a command prints; its failure is the test's."""
    done = finished(*command, folder=folder, **more)
    assert done.returncode == 0, f"{command}: {done.stdout[-5000:]}"
    return done.stdout
