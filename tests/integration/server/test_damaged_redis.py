"""The private Redis has damaged data or a full disk, or dies again and again: it starts, and says what happened."""

from __future__ import annotations

import os
import re
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import redis
import requests

from gateway.server.redis import private
from gateway.server.redis.private import PrivateRedis
from gateway.server.redis.server_log import MOST_BYTES
from scan_to_login.errors import StartupError
from scan_to_login.testing.live import LiveGateway
from tests.integration.wire import Wire, eventually

pytestmark = pytest.mark.slow

KEYS = 50


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a Redis that has ended: a base file with so many keys, and a file with as many more after it."""
    folder = tmp_path_factory.mktemp("sound")
    with running(folder) as client:
        client.mset({f"base-{number}": "v" * 40 for number in range(KEYS)})
        client.bgrewriteaof()
        eventually(lambda: next((folder / "appendonlydir").glob("*.2.base.*"), None))
        eventually(lambda: client.info("persistence")["aof_rewrite_in_progress"] == 0)
        client.mset({f"late-{number}": "v" * 40 for number in range(KEYS)})
    return folder


@contextmanager
def running(folder: Path) -> Iterator[redis.Redis]:
    """A private Redis on ``folder``, and a client of it."""
    server = PrivateRedis(folder)
    server.start()
    try:
        with closing(redis.Redis.from_url(server.url, decode_responses=True)) as client:
            yield client
    finally:
        server.stop()


def file(folder: Path, kind: str) -> Path:
    """``manifest``, ``base`` or ``incr``."""
    return next(path for path in (folder / "appendonlydir").iterdir() if kind in path.name)


def zeros_at_the_end(folder: Path) -> None:
    with file(folder, "incr").open("ab") as newest:
        newest.write(bytes(4096))


def truncated_tail(folder: Path) -> None:
    newest = file(folder, "incr")
    os.truncate(newest, newest.stat().st_size - 7)


def zeros_in_the_midst(folder: Path) -> None:
    newest = file(folder, "incr")
    data = newest.read_bytes()
    newest.write_bytes(data[:-200] + bytes(100) + data[-100:])


def zeros_between_commands(folder: Path) -> None:
    """Two holes, as short writes leave them."""
    newest = file(folder, "incr")
    data = newest.read_bytes()
    last = data.rindex(b"*")
    newest.write_bytes(data[:last] + bytes(4000) + data[last:] + bytes(700) + b"*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n")


def unknown_command(folder: Path) -> None:
    with file(folder, "incr").open("ab") as newest:
        newest.write(b"*1\r\n$5\r\nHELLX\r\n")


def garbage_in_the_base(folder: Path) -> None:
    file(folder, "base").write_bytes(b"\x07garbage" * 60)


def base_cut_off(folder: Path) -> None:
    os.truncate(file(folder, "base"), 400)


def empty_manifest(folder: Path) -> None:
    file(folder, "manifest").write_text("")


def zeros_in_the_manifest(folder: Path) -> None:
    manifest = file(folder, "manifest")
    manifest.write_bytes(bytes(manifest.stat().st_size))


def missing_file(folder: Path) -> None:
    file(folder, "incr").unlink()


def missing_base(folder: Path) -> None:
    file(folder, "base").unlink()


Damage = Callable[[Path], None]


@pytest.mark.parametrize(
    ("damage", "kept"),
    [
        *((zeros_at_the_end, 2 * KEYS), (zeros_between_commands, 2 * KEYS)),
        *((truncated_tail, KEYS), (zeros_in_the_midst, KEYS)),
    ],
)
def test_damage_at_the_end_is_cut_off_and_the_rest_stays(
    sound: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str], damage: Damage, kept: int
) -> None:
    """The base file and every whole command before the damage are there, and those after a hole too."""
    folder = shutil.copytree(sound, tmp_path / "redis")
    damage(folder)
    with running(folder) as client:
        assert client.dbsize() == kept
        client.set("after", "1")
    with running(folder) as client:
        assert client.get("after") == "1"
    told = capfd.readouterr()
    if damage is not truncated_tail:  # that, Redis repairs itself
        assert str(file(folder, "incr")) in told.err + told.out
    assert not list(folder.glob("*damaged*"))
    assert len(list(folder.glob("cut-off-*"))) == (1 if damage is zeros_in_the_midst else 0)


@pytest.mark.parametrize(
    "damage",
    [
        *(unknown_command, garbage_in_the_base, base_cut_off, empty_manifest, zeros_in_the_manifest),
        *(missing_file, missing_base),
    ],
)
def test_damage_beyond_repair_is_set_aside_under_a_dated_name(
    sound: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str], damage: Damage
) -> None:
    """Nothing is deleted, Redis starts empty, and one sentence names the path."""
    folder = shutil.copytree(sound, tmp_path / "redis")
    damage(folder)
    left = {path.name for path in (folder / "appendonlydir").iterdir()}
    with running(folder) as client:
        assert client.dbsize() == 0
        client.set("after", "1")
    (aside,) = folder.glob("appendonlydir.damaged-*")
    assert re.fullmatch(r"appendonlydir\.damaged-\d{8}T\d{6}Z", aside.name)
    assert {path.name for path in aside.iterdir()} == left
    told = capfd.readouterr()
    assert str(aside) in told.err + told.out
    with running(folder) as client:
        assert client.get("after") == "1"


@pytest.mark.parametrize(
    ("words", "end"),
    [
        ("Can't open the append-only file: No space left on device", "exit 1"),
        ("AOF loaded anyway because aof-load-truncated is enabled", "kill -KILL $$"),
    ],
)
def test_other_errors_leave_the_data_unchanged(sound: Path, tmp_path: Path, words: str, end: str) -> None:
    """A Redis server that ends for another reason, or is killed, is reported in its own words; no file is renamed."""
    folder = shutil.copytree(sound, tmp_path / "redis")
    refusing = tmp_path / "valkey-server"
    refusing.write_text(f'#!/bin/sh\ncat >/dev/null\necho "{words}"\n{end}\n')
    refusing.chmod(0o755)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(private, "find_server", lambda: str(refusing))
        with pytest.raises(StartupError, match=words):
            PrivateRedis(folder).start()
    assert not list(folder.glob("*damaged*"))
    with running(folder) as client:
        assert client.dbsize() == 2 * KEYS


def test_a_gateway_that_finds_its_redis_damaged_while_it_serves_goes_on(tmp_path: Path) -> None:
    """Killed, with zeros at the end of its file: it comes back with the ticket; the log has death and repair."""
    with LiveGateway(data_dir=tmp_path / "data") as gateway:
        ticket = Wire(gateway.url).ticket()
        folder = tmp_path / "data" / "redis"
        eventually(lambda: ticket.id.encode() in file(folder, "incr").read_bytes())
        os.kill(gateway.ready["redis"]["pid"], signal.SIGSTOP)
        zeros_at_the_end(folder)
        os.kill(gateway.ready["redis"]["pid"], signal.SIGKILL)
        answer = eventually(lambda: answer if (answer := ticket.poll()).status == 200 else None, within=20)
        assert answer.body["state"] == "pending"
        eventually(lambda: requests.get(f"{gateway.url}/readyz", timeout=10).ok, within=20)
        assert f'"exit": {-signal.SIGKILL}' in gateway.log
        assert str(file(folder, "incr")) in gateway.log
        assert gateway.log.count("all of them zero") == 1


def test_the_log_of_redis_is_appended_to_and_bounded(tmp_path: Path) -> None:
    """The lines of a former process stay; beyond a mebibyte the older half moves to a second file."""
    folder = tmp_path / "redis"
    with running(folder):
        pass
    log = folder / "redis.log"
    before = log.read_text()
    assert before
    with running(folder):
        assert log.read_text().startswith(before)
    with log.open("a") as grown:
        grown.write("x" * MOST_BYTES)
    with running(folder):
        pass
    assert log.stat().st_size < MOST_BYTES
    assert (folder / "redis.log.1").stat().st_size == MOST_BYTES


def test_a_redis_that_dies_at_every_start_is_started_less_and_less_often(tmp_path: Path) -> None:
    """Not three times a second for ever. The log has the reason once, and the probes report the outage."""
    folder = tmp_path / "data" / "redis"
    with LiveGateway(data_dir=tmp_path / "data") as gateway:
        aof = folder / "appendonlydir"
        os.kill(gateway.ready["redis"]["pid"], signal.SIGSTOP)
        shutil.rmtree(aof)
        aof.symlink_to("/proc/1/nothing")  # no data that could be set aside, and no folder that could be made
        os.kill(gateway.ready["redis"]["pid"], signal.SIGKILL)
        eventually(lambda: "redis-watcher" in gateway.log, within=20)
        assert requests.get(f"{gateway.url}/healthz", timeout=10).ok
        answer = requests.get(f"{gateway.url}/readyz", timeout=10)
        assert answer.status_code == 503
        assert "redis" in answer.json()["missing"]
        starts = (folder / "redis.log").read_text().count("Reading config from stdin")
        eventually(lambda: _failures(gateway) >= 6, within=30)
        assert gateway.log.count('"loop": "redis-watcher", "reason"') == 1
        assert starts >= 1
        aof.unlink()
        eventually(lambda: requests.get(f"{gateway.url}/readyz", timeout=10).ok, within=30)
        assert gateway.log.count('"loop": "redis-watcher", "failures"') == 1


def _failures(gateway: LiveGateway) -> float:
    text = requests.get(f"{gateway.url}/metrics", timeout=10).text
    found = re.search(r'pairing_background_failures_total\{loop="redis-watcher"\} ([0-9.]+)', text)
    return float(found[1]) if found else 0
