"""The modules that a compiled wheel has as libraries, and a tree without any."""

from __future__ import annotations

import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[3]
PACKAGES = ("scan_to_login", "gateway", "app_simulator", "client_stub")


def test_the_modules_to_compile_are_there_and_are_named_once() -> None:
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]["targets"]["wheel"]
    named = wheel["hooks"]["custom"]["compiled"]
    assert named == sorted(set(named))
    assert [name for name in named if not (ROOT / name).is_file()] == []


def test_no_library_lies_beside_the_sources() -> None:
    """It would be imported in place of the source, and every test would run old code."""
    assert [path for package in PACKAGES for path in (ROOT / package).rglob("*.so")] == []
