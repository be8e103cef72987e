"""`.ci/again`: what happens after a failed run of the tests."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

AGAIN = Path(__file__).parents[3] / ".ci" / "again"
TESTS = """
def test_passes(): pass
def test_fails(): raise AssertionError
"""

pytestmark = pytest.mark.skipif(not AGAIN.exists(), reason="A source distribution does not have it.")


def _again(folder: Path, *failed: str) -> tuple[int, str]:
    (folder / "test_some.py").write_text(TESTS)
    (folder / "pytest.ini").write_text("[pytest]\n")
    cache = folder / ".pytest_cache" / "v" / "cache"
    cache.mkdir(parents=True)
    (cache / "lastfailed").write_text(json.dumps({f"test_some.py::{name}": True for name in failed}))
    done = subprocess.run(
        [AGAIN],
        cwd=folder,
        env={**os.environ, "PYTHON": sys.executable, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


@pytest.mark.slow
def test_a_test_that_passes_three_times_alone_is_named_as_unstable(tmp_path: Path) -> None:
    code, output = _again(tmp_path, "test_passes")
    assert (code, output.count("1 passed")) == (0, 3)
    assert output.endswith("UNSTABLE, to be mended: test_some.py::test_passes\n")


@pytest.mark.slow
def test_one_that_fails_once_more_stops_the_run(tmp_path: Path) -> None:
    code, output = _again(tmp_path, "test_passes", "test_fails")
    assert code == 1
    assert output.endswith("Broken: test_some.py::test_fails\n")


@pytest.mark.parametrize("failed", [(), ("a", "b", "c", "d")])
def test_with_none_or_many_failures_nothing_is_run_again(tmp_path: Path, failed: tuple[str, ...]) -> None:
    code, output = _again(tmp_path, *failed)
    assert code == 1
    assert "Not run again" in output
