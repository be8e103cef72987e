"""The tables of docs/security.md name tests that are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = ("docs/security.md", "docs/security.zh-CN.md")
LINES = set(range(29, 61))


def rows(page: str) -> list[list[str]]:
    """The cells of each row whose first cell is a line of the report."""
    found = re.findall(r"^\| ([0-9、, ]+) \|(.*)\|$", (ROOT / page).read_text("utf-8"), re.MULTILINE)
    return [[numbers, *cells.split("|")] for numbers, cells in found]


@pytest.mark.parametrize("page", PAGES)
def test_each_line_of_the_report_has_a_row(page: str) -> None:
    named = {int(number) for row in rows(page) for number in re.findall(r"\d+", row[0])}
    assert named == LINES


@pytest.mark.parametrize("page", PAGES)
def test_each_row_names_tests_that_are_there(page: str) -> None:
    for numbers, _, tests, *_ in rows(page):
        paths = re.findall(r"`([\w/]+\.py)`", tests)
        assert paths, f"line {numbers} names no test"
        folder = ROOT / "tests"
        for path in paths:
            file = ROOT / "tests" / path if "/" in path else folder / path
            assert file.exists(), f"line {numbers}: {path}"
            folder = file.parent


@pytest.mark.parametrize("page", PAGES)
def test_every_test_that_the_page_names_is_there(page: str) -> None:
    there = {path.relative_to(ROOT / "tests").as_posix() for path in (ROOT / "tests").rglob("*.py")}
    named = re.findall(r"`([\w/]+\.py)`", (ROOT / page).read_text("utf-8"))
    missing = [name for name in named if not any(f"/{path}".endswith(f"/{name}") for path in there)]
    assert missing == []
