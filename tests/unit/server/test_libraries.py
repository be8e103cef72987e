"""Private names of libraries: one list, upper bounds of versions, and a sentence at the start if one is gone."""

from __future__ import annotations

import ast
import importlib
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from gateway.server.libraries import LIBRARIES, check_names
from scan_to_login.errors import StartupError

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
NAMES = [
    (distribution, holder, name)
    for distribution, library in LIBRARIES.items()
    for holder, names in library.names.items()
    for name in names
]
# The files that may use such names: a change of a library touches no other.
USED_IN = {
    "gateway/server/socketio/internals.py",  # python-socketio, python-engineio
    "gateway/server/redis/replies.py",  # redis._parsers
    "gateway/server/forkserver.py",  # _socket, Python's own
}


@pytest.fixture(autouse=True)
def quiet(recwarn: pytest.WarningsRecorder) -> None:
    """eventlet says that it is deprecated."""


def test_every_name_is_there() -> None:
    check_names()


@pytest.mark.parametrize(
    ("distribution", "holder", "name"), NAMES, ids=[f"{holder}.{name}" for _, holder, name in NAMES]
)
def test_a_missing_name_is_a_sentence_with_the_version_to_install(
    monkeypatch: pytest.MonkeyPatch, distribution: str, holder: str, name: str
) -> None:
    module, _, kind = holder.partition(":")
    thing: Any = importlib.import_module(module)
    for base in getattr(thing, kind).__mro__ if kind else [thing]:
        if name in vars(base):  # the overridden name of a base class goes too
            monkeypatch.delattr(base, name)
    with pytest.raises(StartupError) as told:
        check_names()
    newest = LIBRARIES[distribution].newest
    assert str(told.value).startswith(
        f"{distribution} {version(distribution)} has no {holder.replace(':', '.')}.{name}, "
    )
    assert str(told.value).endswith(f"`pip install '{distribution}=={newest}'`.")


WITHOUT = """
import sys
import warnings

warnings.simplefilter("ignore")
import eventlet
import prometheus_client

eventlet.monkey_patch()
{gone}
sys.argv = ["gateway", "serve", "--port", "0", "--data-dir", sys.argv[1]]
from gateway.__main__ import main

main()
"""


@pytest.mark.parametrize(
    ("gone", "told"),
    [
        ("import socketio; del socketio.Server._handle_event", "socketio.Server._handle_event"),
        ("import engineio; del engineio.base_server.BaseServer._cors_headers", "engineio.Server._cors_headers"),
        ("import redis._parsers.base; sys.modules['redis._parsers.base'] = None", "redis._parsers.base"),
        ("import eventlet.greenio as g; del g.GreenSocket, g.base.GreenSocket", "eventlet.greenio.GreenSocket"),
    ],
    ids=["a handler", "a method", "a module", "a class"],
)
def test_the_gateway_does_not_start_without_it_and_says_so(tmp_path: Path, gone: str, told: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT.format(gone=gone), str(tmp_path / "data")],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert f" has no {told}, which the gateway needs" in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "data").exists()


def test_each_library_has_an_upper_bound_and_the_installed_version_is_within() -> None:
    given = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    required = {wanted.name: wanted for wanted in map(Requirement, given)}
    for distribution, library in LIBRARIES.items():
        bounds = required[distribution].specifier
        assert any(bound.operator == "<" for bound in bounds), f"{distribution} has no upper bound"
        floor = next(Version(bound.version) for bound in bounds if bound.operator == ">=")
        assert floor == Version(".".join(library.oldest.split(".")[: len(floor.release)])), distribution
        assert library.newest in bounds, distribution
        assert version(distribution) in bounds, distribution


def private_uses(path: Path) -> Iterator[str]:
    """Private names of other modules: ``x._name``, and imports from a private module."""
    tree = ast.parse(path.read_text())
    own = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    own |= {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and ast.unparse(node.value) == "self"
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr.startswith("_") and not node.attr.startswith("__"):
            owner = ast.unparse(node.value)
            if owner not in {"self", "cls"} and node.attr not in own | {"_exit", "_fields", "_asdict", "_value_"}:
                yield f"{owner}.{node.attr}"
        if isinstance(node, ast.ImportFrom | ast.Import):
            modules = [node.module or ""] if isinstance(node, ast.ImportFrom) else [name.name for name in node.names]
            for part in [part for module in modules for part in module.split(".")]:
                if part.startswith("_") and part != "__future__":
                    yield ast.unparse(node)


def test_no_other_file_uses_a_private_name() -> None:
    found = {
        str(path.relative_to(ROOT)): uses
        for package in ("scan_to_login", "gateway", "app_simulator", "client_stub")
        for path in (ROOT / package).rglob("*.py")
        if (uses := list(private_uses(path)))
    }
    assert {file: uses for file, uses in found.items() if file not in USED_IN} == {}
    assert set(found) == USED_IN


def test_eventlet_finds_no_lock_that_it_cannot_replace() -> None:
    """The gateway spares it that search; these are the imports before it."""
    program = "import eventlet, eventlet.tpool, gateway.__main__, prometheus_client; eventlet.monkey_patch()"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program],
        env={name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
