"""The gateway's files and output: passwords in its owner's files alone, and no file that others can read."""

from __future__ import annotations

import json
import os
import sqlite3
import stat
import sys
from contextlib import closing
from pathlib import Path

import pytest

from gateway.server.redis.private import PrivateRedis
from tests.integration.server.conftest import Program, Start
from tests.integration.wire import Wire

pytestmark = pytest.mark.slow

# Loaded by the gateway's Python at its start: its later imports then fail like a fault of the gateway.
FAULT = """
import sys
class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == "gateway.commands.processes":
            raise RuntimeError("cannot open redis://:hush-hush@host for 13800000001")
sys.meta_path.insert(0, Finder())
"""


def open_to_others(folder: Path) -> list[str]:
    """A folder and everything below it that others may read, write or enter."""
    found = [path for path in (folder, *folder.rglob("*")) if not path.is_symlink()]
    return [f"{path} {stat.filemode(path.stat().st_mode)}" for path in found if path.stat().st_mode & 0o077]


def serve(run: Start, data: Path, *arguments: str, **environment: str) -> Program:
    """A gateway with its data there, under a umask that hides nothing."""
    before = os.umask(0)
    try:
        return run("serve", "--port", "0", "--data-dir", str(data), *arguments, **environment)
    finally:
        os.umask(before)


def test_all_that_is_kept_is_its_owners_alone(run: Start, tmp_path: Path) -> None:
    data = tmp_path / "data"
    program = serve(run, data, "--sim", "--seed", "demo", "--ready-file", str(tmp_path / "ready.json"))
    Wire(str(program.ready()["url"])).phone("agent")
    assert open_to_others(data) == []
    assert (tmp_path / "ready.json").stat().st_mode & 0o777 == 0o600


def test_existing_files_are_made_private_too(run: Start, tmp_path: Path) -> None:
    """A database of its own, and one named by URL; a folder that holds other things stays as it is."""
    data = tmp_path / "data"
    (data / "redis" / "appendonlydir").mkdir(parents=True)
    for path in (data / "gateway.sqlite3", tmp_path / "elsewhere.sqlite3"):
        with closing(sqlite3.connect(path)) as database:
            database.execute("PRAGMA journal_mode=WAL")
    for path in (data, data / "redis", data / "redis" / "appendonlydir"):
        path.chmod(0o755)
    for path in (data / "gateway.sqlite3", tmp_path / "elsewhere.sqlite3"):
        path.chmod(0o644)
    program = serve(run, data)
    program.ready()
    assert open_to_others(data) == []
    program.process.terminate()
    assert program.ended() == 0
    (data / "notes.txt").write_text("of somebody else")
    data.chmod(0o755)
    other = {"PAIRING_DATABASE_URL": f"sqlite:///{tmp_path / 'elsewhere.sqlite3'}", "PAIRING_REDIS_PREFIX": "{other}:"}
    elsewhere = serve(run, data, **other)
    elsewhere.ready()
    assert (tmp_path / "elsewhere.sqlite3").stat().st_mode & 0o777 == 0o600
    assert data.stat().st_mode & 0o777 == 0o755
    assert (data / "gateway.sqlite3").stat().st_mode & 0o777 == 0o600


def test_redis_password_is_in_the_ready_file_alone(run: Start, tmp_path: Path) -> None:
    """For the private Redis and for REDIS_URL: standard output and error do not show it."""
    server = PrivateRedis(tmp_path / "redis")
    server.start()
    try:
        file = tmp_path / "ready.json"
        program = serve(run, tmp_path / "data", "--ready-file", str(file), REDIS_URL=server.url)
        told = program.ready()
        assert told["redis"] == {"url": server.shown_url, "pid": None}
        assert json.loads(file.read_text())["redis"]["url"] == server.url
    finally:
        server.stop()


@pytest.mark.parametrize("url", ["redis://:hush/hush@127.0.0.1:1/0", "redis://127.0.0.1:1?password=hush-hush"])
def test_no_sentence_shows_a_part_of_a_password(run: Start, tmp_path: Path, url: str) -> None:
    program = serve(run, tmp_path / "data", REDIS_URL=url)
    assert program.ended() == 1
    assert "hush" not in program.errors
    assert len(program.errors.splitlines()) == 1


def test_a_fault_at_the_start_is_one_sentence_and_kept_in_a_file(run: Start, tmp_path: Path) -> None:
    """Without a traceback for people, and without a secret in the file."""
    (tmp_path / "sitecustomize.py").write_text(FAULT)
    program = serve(
        run, tmp_path / "data", PYTHONPATH=os.pathsep.join([str(tmp_path), *sys.path]), TMPDIR=str(tmp_path)
    )
    assert program.ended() == 70
    (line,) = program.errors.splitlines()
    kept = tmp_path / f"scan-to-login-{os.geteuid()}-faults.log"
    assert line.startswith("Error: The gateway met a fault of its own (RuntimeError: ")
    assert line.endswith(f"{kept}.")
    assert "Traceback" in kept.read_text()
    assert kept.stat().st_mode & 0o777 == 0o600
    for text in (line, kept.read_text()):
        assert "hush-hush" not in text
        assert "13800000001" not in text
