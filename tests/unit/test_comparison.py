"""The comparison says of each tool what it does better, on which day that was read, and where."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
TOOLS = 7
PAGES = {
    "comparison.md": (r"(Version|Documentation|testcontainers-keycloak) of .*20\d\d", "**Better there:**"),
    "comparison.zh-CN.md": (r"20\d\d(-\d\d-\d\d| 年)", "**长处：**"),
}


@pytest.mark.parametrize("page", PAGES)
def test_each_tool_has_a_day_a_source_and_its_merits(page: str) -> None:
    day, better = PAGES[page]
    tools = re.split(r"^## ", (DOCS / page).read_text("utf-8"), flags=re.MULTILINE)[1:-1]
    assert len(tools) == TOOLS
    for tool in tools:
        title, _, text = tool.partition("\n")
        assert re.match(day, text.strip()), title
        assert better in text, title
        merit = next(line for line in re.findall(r"^- .*(?:\n  .*)*", text, re.MULTILINE) if better in line)
        assert "](https://" in merit, f"{title}: no source for {merit}"


def test_both_pages_name_the_same_sources() -> None:
    found = [re.findall(r"\]\((https://[^)]+)\)", (DOCS / page).read_text("utf-8")) for page in PAGES]
    assert sorted(found[0]) == sorted(found[1])
    assert len(found[0]) > 25
