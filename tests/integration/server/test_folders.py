"""Any folder is a data directory: its name is a value, and nothing that a URL or a configuration file reads."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.integration.server.conftest import Start
from tests.integration.wire import Wire

pytestmark = pytest.mark.slow

NAMES = [
    "feature%2Flogin",
    "C#demo",
    'a"b',
    "it's here; and & there",
    "back\\slash",
    "a?b=c&d",
    "line\nbreak",
    "{}",
    "分支 登录",
    "file:x@y:z",
    os.fsdecode(b"bytes-\xff\xfe"),
    "/".join(["long" * 25] * 3),
]


def logs_in(run: Start, tmp_path: Path, data: Path, *arguments: str, **environment: str) -> None:
    """A gateway with its data there starts, and a person logs in by scanning."""
    file = tmp_path / "ready.json"
    program = run("serve", "--port", "0", "--sim", "--seed", "demo", "--ready-file", file, *arguments, **environment)
    wire = Wire(str(program.ready()["url"]))
    ticket = wire.ticket()
    wire.phone("agent").approve(ticket.id)
    assert ticket.claim().status == 200
    assert (data / "gateway.sqlite3").is_file()
    assert json.loads(file.read_text())["redis"]["pid"]
    program.process.terminate()
    assert program.ended() == 0


@pytest.mark.parametrize("name", NAMES[:3])
def test_a_login_in_a_folder_of_any_name(run: Start, tmp_path: Path, name: str) -> None:
    logs_in(run, tmp_path, tmp_path / name, "--data-dir", str(tmp_path / name))


@pytest.mark.parametrize("name", NAMES[3:])
def test_a_login_with_a_folder_of_any_name(run: Start, tmp_path: Path, name: str) -> None:
    """Once by the option, and once by the environment with several workers, which inherit it."""
    data = tmp_path / name
    logs_in(run, tmp_path, data, "--data-dir", str(data))
    logs_in(run, tmp_path, data, "--workers", "2", PAIRING_DATA_DIR=str(data))


@pytest.mark.parametrize("name", ["x" * 300, "/".join(["long" * 25] * 5)], ids=["for the system", "for SQLite"])
def test_a_path_that_is_too_long_is_one_sentence(run: Start, tmp_path: Path, name: str) -> None:
    program = run("serve", "--port", "0", "--data-dir", str(tmp_path / name))
    assert program.ended() == 1
    assert len(program.errors.splitlines()) == 1
    assert "--data-dir" in program.errors


def test_temporary_files_may_lie_anywhere_too(run: Start, tmp_path: Path) -> None:
    """The socket goes where its name fits."""
    strange = tmp_path / ("t" * 120)
    strange.mkdir()
    data = tmp_path / ("d" * 120)
    logs_in(run, tmp_path, data, "--data-dir", str(data), TMPDIR=str(strange))
