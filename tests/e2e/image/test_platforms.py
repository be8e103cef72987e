"""The release builds the image for two platforms; only this machine's can be run here."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.e2e.image.base_image import named_base
from tests.e2e.image.containers import DEPLOY, ROOT

pytestmark = pytest.mark.slow

# What pip in that base image takes.
TAGS = ("manylinux_2_17", "manylinux2014", "manylinux_2_24", "manylinux_2_26", "manylinux_2_27", "manylinux_2_28")


@pytest.mark.parametrize("architecture", ["x86_64", "aarch64"])
def test_no_dependency_needs_a_compiler(architecture: str, tmp_path: Path) -> None:
    """The slim base has none."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    needed = [*project["dependencies"], *project["optional-dependencies"]["postgres"]]
    python = re.search(r"python:(\d+\.\d+)-slim", named_base(DEPLOY / "Dockerfile"))
    assert python is not None
    platforms = [word for tag in TAGS for word in ("--platform", f"{tag}_{architecture}")]
    done = subprocess.run(
        [sys.executable, "-m", "pip", "install", "--dry-run", "--ignore-installed", "--only-binary=:all:", "--quiet",
         "--python-version", python[1], *platforms, "--target", tmp_path, *needed],
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
