"""The documentation as a site: each page is in its navigation, in both languages, and no link leads nowhere."""

from __future__ import annotations

import importlib.util
from collections import Counter
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from types import ModuleType
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
SITE = ROOT / "docs" / "site"


@pytest.fixture(scope="module")
def stage() -> ModuleType:
    """docs/site/stage.py, which is no module of a package."""
    spec = importlib.util.spec_from_file_location("stage", SITE / "stage.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Loader(yaml.SafeLoader):
    """Reads mkdocs.yml without MkDocs: names of Python objects are left as they are."""


Loader.add_multi_constructor("tag:yaml.org,2002:python/", lambda *_: None)


def entries(node: Any) -> Iterator[str]:
    """The pages of a navigation, through all its sections."""
    if isinstance(node, str):
        yield node
    else:
        for value in node.values() if isinstance(node, dict) else node:
            yield from entries(value)


def navigation() -> list[str]:
    return list(entries(yaml.load((SITE / "mkdocs.yml").read_text("utf-8"), Loader)["nav"]))  # noqa: S506 - a SafeLoader


def test_each_page_is_in_the_navigation_once(stage: ModuleType) -> None:
    pages = {str(stage.place(source)) for source in stage.sources() if not source.stem.endswith(stage.CHINESE)}
    assert len(pages) > 40
    assert Counter(navigation()) == Counter(pages)


def test_each_page_of_the_navigation_has_a_place_in_both_languages(stage: ModuleType, tmp_path: Path) -> None:
    stage.stage(tmp_path)
    for page in navigation():
        assert (tmp_path / page).is_file()
        chinese = (tmp_path / stage.twin(PurePosixPath(page))).read_text("utf-8")
        assert stage.HAN.search(chinese), f"{page} says nothing in Chinese, not even that it is in English alone"
    assert (tmp_path / "files/deploy/nginx.conf").read_text() == (ROOT / "deploy/nginx.conf").read_text()


def test_a_link_to_nothing_is_refused(stage: ModuleType) -> None:
    page = PurePosixPath("docs/security.md")
    with pytest.raises(stage.BrokenLinkError, match=r"docs/security\.md links to nowhere\.md"):
        stage.for_site(page, "See [it](nowhere.md).", print)
    assert stage.for_site(page, "See `[it](nowhere.md)`.\n```\n[it](nowhere.md)\n```\n", print)


def test_links_lead_to_the_same_file_on_the_site(stage: ModuleType) -> None:
    used: list[PurePosixPath] = []
    page = PurePosixPath("docs/decisions/0020-rooms.md")
    text = "[a](../security.md#reporting) [b](../../README.md) [c](../../deploy/nginx.conf) [d](#here) [e](..)"
    with pytest.raises(stage.BrokenLinkError):  # a folder without a README
        stage.for_site(page, text, used.append)
    assert stage.for_site(page, text.removesuffix(" [e](..)"), used.append) == (
        "[a](../security.md#reporting) [b](../index.md) [c](../files/deploy/nginx.conf) [d](#here)"
    )
    assert PurePosixPath("deploy/nginx.conf") in used
    chinese = stage.for_site(PurePosixPath("docs/performance.zh-CN.md"), "[表格](performance.md)", used.append)
    assert chinese == "[表格](../../performance/)"


def test_a_link_after_code_that_goes_on_in_the_next_line_is_mended_too(stage: ModuleType) -> None:
    text = "Run `one\nword`, see [it](../deploy/nginx.conf) and `more`."
    mended = "Run `one\nword`, see [it](files/deploy/nginx.conf) and `more`."
    assert stage.for_site(PurePosixPath("docs/security.md"), text, print) == mended


def test_a_list_below_a_paragraph_is_a_list_on_the_site_too(stage: ModuleType) -> None:
    text = "Two things:\n- one\n  - two\n\n```\nno list:\n- here\n```\nA table:\n| a |\n|---|\n"
    expected = text.replace("things:\n", "things:\n\n").replace("table:\n", "table:\n\n")
    assert stage.for_site(PurePosixPath("docs/security.md"), text, print) == expected


@pytest.mark.parametrize("way", ["containers", "curl", "node", "own-gateway", "playwright", "pytest"])
def test_each_how_to_of_a_phone_says_by_which_clock_codes_are_computed(way: str) -> None:
    for page, anchor in ((f"{way}.md", "one-time-codes-by-the"), (f"{way}.zh-CN.md", "以网关时钟计算动态口令")):
        text = (ROOT / "docs" / "how-to" / page).read_text("utf-8")
        assert "`X-Gateway-Time`" in text, page
        assert anchor in text or way == "curl", page
