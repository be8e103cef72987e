"""The how-to's run as they stand in docs/how-to, and what they quote is what runs."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
HOW_TOS = sorted((ROOT / "docs" / "how-to").glob("*.md"))
READMES = [ROOT / "README.md", ROOT / "README.zh-CN.md"]
QUOTED = re.compile(r"<!-- quoted from (\S+) -->\n\n?```\w*\n(.*?)```\n", re.DOTALL)
ENVIRONMENT = {
    **os.environ,
    "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    "PAIRING_LAME_DUCK_SECONDS": "0",
}


def start(*command: str) -> tuple[subprocess.Popen[str], str]:
    """A program that prints a line of JSON when ready, and its address."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=ENVIRONMENT)
    assert process.stdout is not None
    return process, json.loads(process.stdout.readline())["url"]


def test_there_is_a_how_to_for_each_way() -> None:
    assert {"curl.md", "node.md", "own-gateway.md", "playwright.md", "pytest.md", "unittest.md"} <= {
        path.name for path in HOW_TOS
    }


@pytest.mark.parametrize("path", [*HOW_TOS, *READMES], ids=lambda path: path.name)
def test_what_a_how_to_quotes_is_the_file(path: Path) -> None:
    quotes = QUOTED.findall(path.read_text("utf-8"))
    assert quotes or path.name.startswith("own-gateway.")
    for name, text in quotes:
        assert text == (ROOT / name).read_text("utf-8"), f"{path.name} quotes an older {name}"


def test_the_unittest_example_runs() -> None:
    command = [sys.executable, "-m", "unittest", "with_unittest.py"]
    done = subprocess.run(
        command, cwd=ROOT / "tests/examples", env=ENVIRONMENT, capture_output=True, text=True, timeout=180, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "Ran 2 tests" in done.stderr


def test_the_playwright_example_runs() -> None:
    # In a process of its own: this one may hold another browser, and Playwright takes one a process.
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:xdist", "tests/examples/own_page_with_playwright.py"]
    done = subprocess.run(command, cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, timeout=180, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout


def test_the_curl_example_runs(tmp_path: Path) -> None:
    processes = []
    try:
        gateway, url = start("gateway", "serve", "--sim", "--seed", "demo", "--port", "0", "--data-dir", str(tmp_path))
        processes.append(gateway)
        phones, phones_url = start("app-simulator", "serve", "--gateway", url)
        processes.append(phones)
        clients, clients_url = start("client-stub", "serve", "--gateway", url)
        processes.append(clients)
        done = subprocess.run(
            ["sh", str(ROOT / "tests/examples/with_curl.sh")],
            env={**ENVIRONMENT, "GATEWAY": url, "PHONES": phones_url, "CLIENTS": clients_url},
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
    finally:
        for process in reversed(processes):
            process.terminate()
            process.wait(15)
            if process.stdout is not None:
                process.stdout.close()
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith("unit_verified\nsequenceDiagram\n")
