"""Chinese in the documents: it is not broken within a sentence, and what has an English page has a Chinese one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
TWINS = sorted(page for page in PAGES if page.name.endswith(".zh-CN.md"))
# Markdown turns a line's end into a blank: right after a sentence in Latin letters, wrong between two characters.
BROKEN = re.compile(r"^(?!#).*[\u4e00-\u9fff]\n[\u4e00-\u9fff].{0,12}", re.MULTILINE)
CODE = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
# made by a program, or one page in both languages, or of English alone
ALONE = re.compile(r"docs/(reference/|decisions/\d)|CHANGELOG\.md$")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_no_line_ends_between_two_chinese_characters(page: Path) -> None:
    assert BROKEN.findall(CODE.sub("\n", page.read_text("utf-8"))) == []


def test_every_english_page_has_a_chinese_twin_and_each_names_the_other() -> None:
    english = [page for page in PAGES if page not in TWINS and not ALONE.search(page.relative_to(ROOT).as_posix())]
    for page in english:
        twin = page.with_name(f"{page.stem}.zh-CN.md")
        assert twin in TWINS, f"{page.name} has no Chinese twin"
        assert f"]({page.name})" in "\n".join(twin.read_text("utf-8").splitlines()[:8]), twin
        assert f"]({twin.name})" in page.read_text("utf-8"), page


@pytest.mark.parametrize("page", TWINS, ids=lambda page: str(page.relative_to(ROOT)))
def test_chinese_pages_have_chinese_quotes_and_no_blank_after_a_full_stop(page: Path) -> None:
    text = CODE.sub("", page.read_text("utf-8"))
    assert re.findall(r"[「」『』]", text) == []
    assert re.findall(r".{8}。 +[\u4e00-\u9fff].{4}", text) == []
