"""docs/architecture.md and its twin agree with the code."""

from __future__ import annotations

import importlib.util
import re
from itertools import pairwise
from pathlib import Path
from types import ModuleType

import grimp
import pytest

from tests.integration.architecture.trace import Entered, trace_login

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
PAGES = ("architecture.md", "architecture.zh-CN.md")
STEP = re.compile(r"^### \d", re.MULTILINE)
NAMED = re.compile(r"^- `([\w/.]+)`(?: `([\w.]+)`)?", re.MULTILINE)
PATH = re.compile(r"`((?:gateway|scan_to_login|app_simulator|client_stub)/[\w/.]*)`")
COUNTED = re.compile(r"(\d+) (?:Python files and|个 Python 文件和) (\d+) (?:Lua|个 Lua)")


def make_architecture() -> ModuleType:
    """The script of that name."""
    spec = importlib.util.spec_from_file_location("make_architecture", ROOT / "docs" / "make_architecture.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def text_of(page: str) -> str:
    return (ROOT / "docs" / page).read_text("utf-8")


def steps_of(page: str) -> list[Entered]:
    """The walk, step by step: (file, function) as it is written there."""
    return [NAMED.findall(step.partition("\n## ")[0]) for step in STEP.split(text_of(page))[1:]]


@pytest.fixture(scope="module")
def crossed() -> Entered:
    return trace_login()


@pytest.mark.parametrize("page", PAGES)
def test_the_drawing_is_that_of_the_code(page: str) -> None:
    path = ROOT / "docs" / page
    assert path.read_text("utf-8") == make_architecture().page(path), "run: python docs/make_architecture.py"


def test_the_rooms_and_arrows_are_those_that_import_linter_sees() -> None:
    made = make_architecture()
    seen: dict[str, set[str]] = {}
    graph = grimp.build_graph(*made.PACKAGES)
    for module in graph.modules - {"gateway"}:
        others = {made.room_of(other) for other in graph.find_modules_directly_imported_by(module)}
        seen.setdefault(made.room_of(module), set()).update(others)
    assert made.rooms_and_imports() == {room: others - {room, ""} for room, others in seen.items()}


@pytest.mark.parametrize("page", PAGES)
def test_each_room_of_the_drawing_has_its_row(page: str) -> None:
    rows = re.findall(r"^\| `(.*?)` \|", text_of(page), re.MULTILINE)
    named = {row.rstrip("/").removesuffix(".py").replace("/", ".") for row in rows}
    assert named == set(make_architecture().rooms_and_imports())


@pytest.mark.parametrize("page", PAGES)
def test_each_file_named_is_there(page: str) -> None:
    assert [path for path in PATH.findall(text_of(page)) if not (ROOT / path).exists()] == []


def test_the_twins_name_the_same() -> None:
    english, chinese = map(text_of, PAGES)
    assert steps_of(PAGES[0]) == steps_of(PAGES[1])
    assert PATH.findall(english) == PATH.findall(chinese)
    assert COUNTED.findall(english) == COUNTED.findall(chinese)


def test_a_login_crosses_the_files_that_the_walk_names(crossed: Entered) -> None:
    named = {file for step in steps_of(PAGES[0]) for file, _ in step}
    assert named == {file for file, _ in crossed}


def test_a_login_enters_the_functions_that_the_walk_names_in_that_order(crossed: Entered) -> None:
    place = {entry: number for number, entry in enumerate(crossed)}
    met: set[tuple[str, str]] = set()
    for step in steps_of(PAGES[0]):
        assert [entry for entry in step if entry not in place] == [], "not entered"
        new = [entry for entry in step if entry not in met]
        assert [pair for pair in pairwise(new) if place[pair[0]] > place[pair[1]]] == [], "another order"
        met.update(step)


def test_the_walk_says_how_many_files_it_has(crossed: Entered) -> None:
    files = {file for file, _ in crossed}
    python = sum(file.endswith(".py") for file in files)
    assert COUNTED.findall(text_of(PAGES[0])) == [(str(python), str(len(files) - python))]
