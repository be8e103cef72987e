"""`gateway backup` and `gateway restore`: a half-finished login goes on in another place."""

from __future__ import annotations

import json
import sqlite3
import stat
import tarfile
import threading
from contextlib import closing
from pathlib import Path

import pytest
import redis

from scan_to_login.testing.live import LiveGateway
from tests.integration.commands.test_gateway_command import gateway as command
from tests.integration.wire import Phone, Ticket, Wire

pytestmark = pytest.mark.slow

# Four commands run between the scan and the confirm.
PATIENT = {f"PAIRING_TICKETS_{name}_SECONDS": "3600" for name in ("SCANNED", "TOTAL")}


def ready_file(gateway: LiveGateway, folder: Path) -> str:
    """A copy of its ready file."""
    path = folder / "ready.json"
    path.write_text(json.dumps(gateway.ready), "utf-8")
    return str(path)


def refusal(*arguments: str, **environment: str) -> str:
    """The one sentence of a command that refuses."""
    done = command(*arguments, **environment)
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (1, "", 1), done.stderr
    return done.stderr


@pytest.mark.parametrize("running", [True, False], ids=["running", "stopped"])
def test_a_half_finished_login_goes_on_after_a_restore(tmp_path: Path, running: bool) -> None:
    first, second, file = tmp_path / "first", tmp_path / "second", tmp_path / "of.backup"
    take = ["backup", str(file), "--data-dir", str(first)]
    with LiveGateway(data_dir=first, sim=False, environment=PATIENT) as gateway:
        wire = Wire(gateway.url)
        phone, ticket = wire.phone(), wire.ticket()
        assert phone.scan(ticket.id).status == 200
        if running:
            assert "name its ready file with --ready-file" in refusal(*take)
            done = command(*take, "--ready-file", ready_file(gateway, tmp_path))
            assert (done.returncode, done.stderr) == (0, "")
            assert wire.phone("finance").login["account"], "it serves on"
    if not running:
        assert command(*take).returncode == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert not (first / "redis" / "dump.rdb").exists()
    assert "exists: name a new one" in refusal(*take)

    assert command("restore", str(file), "--data-dir", str(second)).returncode == 0
    assert "holds a gateway's data already" in refusal("restore", str(file), "--data-dir", str(second))
    with LiveGateway(data_dir=second, sim=False, seed="", environment=PATIENT) as gateway:
        moved = Wire(gateway.url)
        there, waiting = Phone(moved, phone.login, phone.last_step), Ticket(moved, ticket.issued)
        assert waiting.poll().body["state"] == "scanned"
        assert there.confirm(ticket.id).status == 200
        assert waiting.claim().status == 200
        assert moved.call("GET", "/app/session", phone.token).status == 200


def test_both_stores_are_of_one_moment(tmp_path: Path) -> None:
    """Phones log in all the while: a device in the database has its session in Redis, which is written before."""
    first, second, file = tmp_path / "first", tmp_path / "second", tmp_path / "of.backup"
    limits = {"PAIRING_LOGINS_PER_ACCOUNT": "0", "PAIRING_LOGINS_PER_ADDRESS": "0"}
    with LiveGateway(data_dir=first, sim=False, environment=limits) as gateway:
        wire, enough, refused = Wire(gateway.url), threading.Event(), []

        def log_in(name: str) -> None:
            while not enough.is_set():
                try:
                    wire.phone(name)
                except AssertionError as error:
                    refused.append(error)

        threads = [threading.Thread(target=log_in, args=(name,)) for name in ("agent", "finance", "single")]
        for thread in threads:
            thread.start()
        done = command("backup", str(file), "--data-dir", str(first), "--ready-file", ready_file(gateway, tmp_path))
        enough.set()
        for thread in threads:
            thread.join()
        assert (done.returncode, done.stderr, refused) == (0, "", [])
    assert command("restore", str(file), "--data-dir", str(second)).returncode == 0
    with closing(sqlite3.connect(second / "gateway.sqlite3")) as database:
        digests = [row[0] for row in database.execute("SELECT session_digest FROM devices")]
    with LiveGateway(data_dir=second, sim=False, seed="") as gateway:
        client = redis.Redis.from_url(gateway.ready["redis"]["url"], decode_responses=True)
        assert digests
        assert [digest for digest in digests if not client.exists(f"{{pairing}}:session:{digest}")] == []
        client.close()


def test_what_is_no_sound_backup_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    first, file = tmp_path / "first", tmp_path / "of.backup"
    key = {"PAIRING_SERVER_KEY": "of this gateway " * 3}
    with LiveGateway(data_dir=first, environment=key):
        pass
    done = command("backup", str(file), "--data-dir", str(first), **key)
    assert done.returncode == 0, done.stderr
    with tarfile.open(file) as archive:
        assert archive.getnames() == ["manifest.json", "gateway.sqlite3", "redis.rdb"]
        archive.extractall(tmp_path / "parts", filter="data")
    whole = file.read_bytes()
    for name, data in (("short", whole[: len(whole) // 2]), ("other", b"no backup")):
        (tmp_path / name).write_bytes(data)
        assert "is not a backup" in refusal("restore", str(tmp_path / name), "--data-dir", str(tmp_path / "second"))
    with tarfile.open(tmp_path / "changed", "w:gz") as archive:
        (tmp_path / "parts" / "redis.rdb").write_bytes(b"REDIS0011")
        for part in ("manifest.json", "gateway.sqlite3", "redis.rdb"):
            archive.add(tmp_path / "parts" / part, part)
    said = refusal("restore", str(tmp_path / "changed"), "--data-dir", str(tmp_path / "second"))
    assert "is damaged: redis.rdb" in said
    assert [path.name for path in (tmp_path / "second").iterdir()] == ["gateway.lock"]
    elsewhere = {"PAIRING_DATABASE_URL": "postgresql+psycopg://x@127.0.0.1/y"}
    assert "use the tools of PostgreSQL" in refusal("backup", str(tmp_path / "b"), **elsewhere)
    done = command("restore", str(file), "--data-dir", str(tmp_path / "second"))
    assert "set PAIRING_SERVER_KEY as before" in done.stdout
