"""The how-to's of docs/how-to run, and they quote the files that run."""

from __future__ import annotations

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


def test_there_is_a_how_to_for_each_way() -> None:
    ways = "captcha curl node own-gateway own-settings parallel playwright pytest seed unittest"
    assert {f"{way}.md" for way in ways.split()} <= {path.name for path in HOW_TOS}


@pytest.mark.parametrize("path", [*HOW_TOS, *READMES], ids=lambda path: path.name)
def test_a_how_to_quotes_its_file(path: Path) -> None:
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


def test_the_example_of_traces_runs() -> None:
    # In a process of its own: a process has one provider of traces for good.
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:xdist", "tests/examples/with_traces.py"]
    done = subprocess.run(command, cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, timeout=180, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout


def test_the_curl_example_runs(tmp_path: Path) -> None:
    done = subprocess.run(
        ["scan-to-login", "exec", "--", "sh", str(ROOT / "tests/examples/with_curl.sh")],
        env={**ENVIRONMENT, "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith("unit_verified\nsequenceDiagram\n")


@pytest.mark.slow
def test_the_example_of_a_parallel_run_runs(capsys: pytest.CaptureFixture[str]) -> None:
    command = [sys.executable, str(ROOT / "tests/examples/with_several_gateways.py")]
    done = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, timeout=180, check=False)
    assert done.returncode == 0, done.stderr
    assert len(re.findall(r"gateway: ready in \d+\.\d\d s at http://127\.0\.0\.1:\d+", done.stdout)) == 3
    with capsys.disabled():
        print(f"\n{done.stdout.strip()}")
