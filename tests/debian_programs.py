"""Programs that Debian and Ubuntu have, for tests that need one: the machine's own, or unpacked from its package."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest

CACHE: Final = Path(__file__).parents[1] / ".cache" / "debian"
SECONDS: Final = 240


def debian_program(name: str, package: str) -> str:
    """The path of a program that needs no other package; skips the test, with a sentence, where there is none.

    A package is fetched and unpacked below ``.cache``, without root; it is not installed, so none of its services runs.
    """
    if installed := shutil.which(name):
        return installed
    path = CACHE / package / "usr" / "bin" / name
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "lock").open("w") as lock:  # several test workers start at once
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            _unpack(package, name)
    return str(path)


def _unpack(package: str, name: str) -> None:
    if missing := [program for program in ("apt-get", "dpkg-deb") if shutil.which(program) is None]:
        pytest.skip(f"{name} is missing, and so is {missing[0]}, by which its package {package} could be had")
    fetched, state = CACHE / f"{package}.fetched", CACHE / "apt"
    shutil.rmtree(fetched, ignore_errors=True)
    for folder in (fetched, state / "lists" / "partial", state / "archives" / "partial"):
        folder.mkdir(parents=True, exist_ok=True)
    own = ["-o", f"Dir::State::Lists={state / 'lists'}", "-o", f"Dir::Cache={state}", "-o", "APT::Sandbox::User=root"]
    for command in (["apt-get", "update", *own], ["apt-get", "download", package, *own]):
        done = subprocess.run(
            command,
            cwd=fetched,
            env={**os.environ, "LC_ALL": "C"},
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        if done.returncode:
            pytest.skip(f"{name} is missing, and {' '.join(command[:2])} failed: {done.stderr.strip()[-200:]}")
    (archive,) = fetched.glob("*.deb")
    subprocess.run(["dpkg-deb", "-x", archive, fetched], check=True, timeout=SECONDS)
    archive.unlink()
    fetched.replace(CACHE / package)
