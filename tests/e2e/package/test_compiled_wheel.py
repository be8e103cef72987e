"""The compiled wheel: built from a copy of the tree, installed, and held by the tests of the server and the tickets."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest

from tests.e2e.package.tree import ROOT, copied, finished, plain_environment, run

pytestmark = pytest.mark.slow

PACKAGES = ("scan_to_login", "gateway", "app_simulator", "client_stub")
ROOMS = ("tests/unit/server", "tests/integration/server", "tests/integration/http", "tests/integration/pairing")
# What a connection does with a peer that does not read, and with one that ends it early.
SLOW = ("tests/integration/server/test_connections.py", "tests/integration/server/test_streamed_answers.py")
# What they test is no matter of the build: names and words of the sources, and the npm package.
LEFT_OUT = (
    "tests/unit/server/test_libraries.py",
    "tests/integration/server/test_start_checks.py",
    "tests/integration/server/test_first_process.py",
    "tests/integration/pairing/test_npm_client.py",
)
IMPORT_ALL = """
import importlib, sys, warnings
warnings.simplefilter("ignore")
print(*(importlib.import_module(name).__file__ for name in sys.argv[1:]), sep="\\n")
"""


def compiler() -> ModuleType:
    """scripts/compile_modules.py, which is no part of a package."""
    spec = importlib.util.spec_from_file_location("compile_modules", ROOT / "scripts" / "compile_modules.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def modules() -> list[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    files = project["tool"]["hatch"]["build"]["targets"]["wheel"]["hooks"]["custom"]["compiled"]
    return [str(file).removesuffix(".py").replace("/", ".") for file in files]


@dataclass(frozen=True)
class Compiled:
    tree: Path
    wheel: Path
    python: Path  # of an environment with the wheel, and with what these tests run with
    site: Path


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Compiled:
    """The wheel, built as docs/deployment.md says, and installed where no source of the tree is."""
    if lacking := compiler().missing():
        pytest.skip(f"nothing can be compiled here: {lacking}")
    folder = tmp_path_factory.mktemp("compiled")
    tree = copied(folder / "tree", pages=True)
    built = ("-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", folder / "dist", tree)
    run(sys.executable, *built, folder=folder, PAIRING_COMPILE="1")
    (wheel,) = (folder / "dist").iterdir()
    run(sys.executable, "-m", "venv", "--without-pip", folder / "venv", folder=folder)
    python = folder / "venv" / "bin" / "python"
    install = ("install", "--quiet", "--no-deps", "--no-index", wheel)
    run(sys.executable, "-m", "pip", "--python", python, *install, folder=folder)
    (site,) = (folder / "venv").glob("lib/python*/site-packages")
    # Behind the wheel: everything else that is installed here. No .pth file of there is read, the tree's neither.
    (site / "tests_run_with.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return Compiled(tree, wheel, python, site)


def test_the_wheel_is_of_this_platform_and_the_tree_stays_pure(compiled: Compiled) -> None:
    assert re.search(rf"-cp3{sys.version_info.minor}-cp3{sys.version_info.minor}-\w+\.whl$", compiled.wheel.name)
    with zipfile.ZipFile(compiled.wheel) as packed:
        names = [name.partition(".")[0].replace("/", ".") for name in packed.namelist() if name.endswith(".so")]
    assert sorted(names) == sorted([*modules(), "scan_to_login__mypyc"])
    assert [path for package in PACKAGES for path in (compiled.tree / package).rglob("*.so")] == []


def test_every_module_of_the_group_runs_compiled(compiled: Compiled, tmp_path: Path) -> None:
    files = run(compiled.python, "-c", IMPORT_ALL, *modules(), folder=tmp_path).split()
    assert len(files) == len(modules())
    assert [file for file in files if not (file.endswith(".so") and Path(file).is_relative_to(compiled.site))] == []


def test_the_log_of_the_start_names_the_build(compiled: Compiled, tmp_path: Path) -> None:
    serve = ("-m", "gateway", "serve", "--port", "0", "--data-dir", "data", "--stop-with-stdin")
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(
        [compiled.python, *serve], cwd=tmp_path, env=plain_environment(), text=True, **pipes
    ) as program:
        assert program.stdout is not None
        assert program.stdout.readline()
        _, told = program.communicate(timeout=60)
    assert program.returncode == 0
    (starting,) = (json.loads(line) for line in told.splitlines() if '"gateway_starting"' in line)
    assert starting["compiled"] is True


@pytest.mark.parametrize(
    ("chosen", "where", "at_least"), [("not slow and not long", ROOMS, 400), ("slow and not long", SLOW, 20)]
)
def test_the_tests_of_server_and_tickets_hold_the_compiled_build(
    compiled: Compiled, tmp_path: Path, chosen: str, where: tuple[str, ...], at_least: int
) -> None:
    """They run in a folder with the tests and the documents, and without the sources."""
    for name in ("tests", "docs", "bench"):
        shutil.copytree(compiled.tree / name, tmp_path / name)
    shutil.copy(compiled.tree / "pyproject.toml", tmp_path)
    path = f"{compiled.python.parent}{os.pathsep}{os.environ['PATH']}"
    command = ("-m", "pytest", "-q", "-n", "2", "--dist", "worksteal", "-m", chosen, *where)
    left_out = [f"--ignore={file}" for file in LEFT_OUT]
    shown = run(compiled.python, *command, *left_out, folder=tmp_path, PATH=path)
    passed = re.search(r"(\d+) passed", shown)
    assert passed is not None
    assert int(passed[1]) >= at_least, shown[-2000:]


def test_without_a_compiler_one_sentence_says_what_to_do_and_there_is_no_wheel(
    compiled: Compiled, tmp_path: Path
) -> None:
    built = ("-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", tmp_path / "dist", compiled.tree)
    done = finished(sys.executable, *built, folder=tmp_path, PAIRING_COMPILE="1", CC="no-such-compiler")
    assert done.returncode != 0
    assert "there is no C compiler (no-such-compiler); install one" in done.stdout
    assert "Traceback" not in done.stdout
    assert not list(tmp_path.rglob("*.whl"))
