"""The import contracts of pyproject.toml, each against an import that must break it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PROGRAM = Path(sys.executable).with_name("lint-imports")
# The file that gets the import, the import, and the contract that must name itself.
PLANTED = {
    "eventlet in the supervisor": (
        "gateway/server/supervisor.py",
        "import eventlet",
        "eventlet is imported by the entry point and these files of the server alone",
    ),
    "the gateway's server in the client": (
        "client_stub/client.py",
        "from gateway.server import frames",
        "The gateway is imported by itself alone",
    ),
    "the gateway's settings in the phone": (
        "app_simulator/phone.py",
        "import gateway.config",
        "The gateway is imported by itself alone",
    ),
    "the gateway in what drives it": (
        "scan_to_login/testing/live.py",
        "import gateway",
        "The gateway is imported by itself alone",
    ),
    "the client in the phone": (
        "app_simulator/phone.py",
        "import client_stub.client",
        "The client is imported by itself, the demo, and what drives both sides",
    ),
    "the phone in what is shared": (
        "scan_to_login/protocol.py",
        "import app_simulator.phone",
        "The phone is imported by itself, the demo, and what drives both sides",
    ),
    "a room's upper neighbour": (
        "gateway/foundation/clock.py",
        "import gateway.pairing.model",
        "The gateway's rooms: arrows point one way, and each room is named here",
    ),
    "Flask in the rules": ("gateway/pairing/model.py", "import flask", "Rules are pure: no framework, no I/O"),
}

pytestmark = pytest.mark.slow


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """The packages and pyproject.toml, to plant in."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for package in ("scan_to_login", "gateway", "app_simulator", "client_stub"):
        ignored = shutil.ignore_patterns("__pycache__", "pages_dist")
        shutil.copytree(ROOT / package, tmp_path / package, ignore=ignored)
    return tmp_path


def lint_imports(tree: Path) -> tuple[int, list[str]]:
    """Its exit code, and the contracts that it calls broken."""
    done = subprocess.run(
        [PROGRAM, "--no-cache"],
        cwd=tree,
        # The copied tree comes first: the installed package is the original.
        env={"PYTHONPATH": str(tree), "PATH": "/usr/bin:/bin", "COLUMNS": "300"},
        capture_output=True,
        text=True,
        check=False,
    )
    lines = (done.stdout + done.stderr).splitlines()
    return done.returncode, [line.rsplit(" BROKEN", 1)[0] for line in lines if line.endswith(" BROKEN")]


def test_the_tree_as_it_is_keeps_all_contracts(tree: Path) -> None:
    assert lint_imports(tree) == (0, [])


@pytest.mark.parametrize(("file", "statement", "contract"), PLANTED.values(), ids=PLANTED)
def test_a_planted_import_breaks_the_contract_about_it(tree: Path, file: str, statement: str, contract: str) -> None:
    path = tree / file
    path.write_text(f"{path.read_text()}\n{statement}\n")
    code, broken = lint_imports(tree)
    assert code == 1
    assert contract in broken
