"""The container examples that no test runs can at least be read by their languages' own programs."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

EXAMPLES = Path(__file__).parent / "containers"
WORKFLOW = EXAMPLES / "github-actions.yml"


def test_javac_reads_the_java_example(tmp_path: Path) -> None:
    """JUnit and Testcontainers are not here: nothing but their names may be missing."""
    if shutil.which("javac") is None:
        pytest.skip("the program `javac` is missing")
    done = subprocess.run(
        ["javac", "-proc:none", "-Xmaxerrs", "1000", "-d", tmp_path, EXAMPLES / "ScanToLoginTest.java"],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    errors = re.findall(r"error: (.*)", done.stderr)
    assert errors, "javac has found what it needs: compile the example and run it"
    missing = re.compile(
        r"package org\.(junit|testcontainers)\S* does not exist|cannot find symbol|static import only .*"
    )
    assert [error for error in errors if not missing.fullmatch(error)] == []
    symbols = set(re.findall(r"symbol: +(?:class|variable|method) (\w+)", done.stderr))
    assert symbols <= {"Container", "DockerImageName", "GenericContainer", "Test", "Testcontainers", "Wait"} | {
        "assertEquals", "assertTrue",
    }  # fmt: skip


def test_the_job_has_the_token_that_its_service_has() -> None:
    text = WORKFLOW.read_text("utf-8")
    assert len(set(re.findall(r"PAIRING_SIM_TOKEN: (\S+)", text))) == 1
