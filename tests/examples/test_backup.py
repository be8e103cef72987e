"""The scripts of docs/how-to/backup.md, on a real PostgreSQL and a real Redis: a half-finished login goes on."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from scan_to_login.testing.live import LiveGateway
from tests.integration.commands.test_backup import PATIENT
from tests.integration.scale.postgres import Postgres, programs
from tests.integration.scale.servers import HOST, PASSWORD, Node, free_ports
from tests.integration.wire import Phone, Ticket, Wire
from tests.large_seeds import seed_of

pytestmark = pytest.mark.slow

SCRIPTS = Path(__file__).parent / "backup"
OPTIONS = ("--requirepass", PASSWORD, "--appendonly", "yes", "--repl-diskless-sync", "no")
KEY = {"PAIRING_SERVER_KEY": "one key for both, of 32 characters"}
# What `redis-cli --rdb` does, where there is none (Redis's replication protocol, SYNC).
SYNC = f"""#!{sys.executable}
import sys
from tests.examples.test_backup import fetch_rdb
fetch_rdb(sys.argv[2], sys.argv[5])
"""


def fetch_rdb(url: str, file: str) -> None:
    """Write the picture that a server at ``url`` sends to a new replica."""
    password, _, place = url.removeprefix("redis://default:").partition("@")
    host, _, port = place.partition(":")
    with socket.create_connection((host, int(port)), timeout=30) as connection, connection.makefile("rb") as answers:
        connection.sendall(f"AUTH {password}\r\n".encode())
        assert answers.readline() == b"+OK\r\n"
        connection.sendall(b"SYNC\r\n")
        while (line := answers.readline()) == b"\n":
            pass  # it lives, and writes its picture
        Path(file).write_bytes(answers.read(int(line[1:])))


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    """A server of its own."""
    running = Postgres()
    yield running
    running.stop()


@pytest.fixture
def path(tmp_path: Path) -> str:
    """The programs that the scripts call: those of PostgreSQL's own version, and redis-cli."""
    found = [str(Path(sys.executable).parent), str(programs()), os.environ["PATH"]]
    if shutil.which("redis-cli") is None:
        replacement = tmp_path / "bin" / "redis-cli"
        replacement.parent.mkdir()
        replacement.write_text(SYNC)
        replacement.chmod(0o755)
        found.insert(0, str(replacement.parent))
    return os.pathsep.join(found)


def run(script: str, folder: Path, **environment: str) -> None:
    """Run it in ``folder``, as a person would."""
    done = subprocess.run(
        ["sh", SCRIPTS / script],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def half_finished(wire: Wire) -> tuple[Phone, Ticket]:
    """A login whose ticket is scanned, and not yet confirmed."""
    phone, ticket = wire.phone(), wire.ticket()
    assert phone.scan(ticket.id).status == 200
    return phone, ticket


def goes_on(wire: Wire, phone: Phone, ticket: Ticket) -> None:
    """The same phone confirms, and the same client logs in."""
    there, waiting = Phone(wire, phone.login, phone.last_step), Ticket(wire, ticket.issued)
    assert there.confirm(ticket.id).status == 200
    assert waiting.claim().status == 200


class Place:
    """A database and a Redis, and the gateways on them."""

    def __init__(self, folder: Path, postgres: Postgres, name: str, path: str) -> None:
        self.redis = Node(folder, free_ports(1)[0], *OPTIONS)
        self.folder, self._name, self._path = folder, name, path
        self._database = postgres.new_database(name)
        self._redis_url = f"redis://default:{PASSWORD}@{HOST}:{self.redis.port}"

    def serve(self, seed: str = "") -> LiveGateway:
        """A gateway here."""
        stores = {"PAIRING_DATABASE_URL": self._database, "PAIRING_REDIS_URL": self._redis_url}
        environment = {**stores, **KEY, **PATIENT}
        return LiveGateway(data_dir=self.folder / self._name, sim=False, seed=seed, environment=environment)

    def run(self, script: str, backup: Path) -> None:
        """Run one of the two scripts here."""
        where = {"REDIS": self._redis_url, "REDIS_DATA": str(self.redis.folder), "BACKUP": str(backup)}
        run(script, self.folder, PATH=self._path, DATABASE=self._database.replace("+psycopg", ""), **where)

    def restore(self, backup: Path) -> None:
        """Stop Redis, restore both, and start Redis."""
        self.redis.stop()
        assert (self.redis.folder / "appendonlydir").is_dir(), "it has files of its own"
        self.run("restore.sh", backup)
        self.redis.start()


def test_a_half_finished_login_goes_on_and_ended_sessions_stay_ended(
    tmp_path: Path, postgres: Postgres, path: str
) -> None:
    first, second = Place(tmp_path, postgres, "first", path), Place(tmp_path, postgres, "second", path)
    try:
        with first.serve("demo") as gateway:
            wire = Wire(gateway.url)
            ended = wire.phone("finance")
            assert wire.call("DELETE", "/app/session", ended.token).status == 204
            phone, ticket = half_finished(wire)
            first.run("back_up.sh", tmp_path / "backup")
            assert wire.phone("finance").login["account"], "it serves on"
        second.restore(tmp_path / "backup")
        with second.serve() as gateway:
            goes_on(Wire(gateway.url), phone, ticket)
            assert Wire(gateway.url).call("GET", "/app/session", ended.token).status == 401
    finally:
        first.redis.stop()
        second.redis.stop()


def test_a_redis_older_than_the_database_brings_ended_sessions_back_and_an_empty_one_none(
    tmp_path: Path, postgres: Postgres, path: str
) -> None:
    """What the how-to says of stores of two moments."""
    first, second = Place(tmp_path, postgres, "early", path), Place(tmp_path, postgres, "late", path)
    early, late = tmp_path / "early-backup", tmp_path / "late-backup"
    try:
        with first.serve("demo") as gateway:
            wire = Wire(gateway.url)
            ended = wire.phone()
            first.run("back_up.sh", early)
            assert wire.call("DELETE", "/app/session", ended.token).status == 204
            begun = wire.phone("finance")
            first.run("back_up.sh", late)
        shutil.copyfile(early / "redis.rdb", late / "redis.rdb")
        second.restore(late)
        with second.serve() as gateway:
            wire = Wire(gateway.url)
            assert wire.call("GET", "/app/session", ended.token).status == 200, "it lives again"
            assert wire.call("GET", "/app/session", begun.token).status == 401, "it has to log in again"
        second.redis.ask("FLUSHALL")
        with second.serve() as gateway:
            wire = Wire(gateway.url)
            assert wire.call("GET", "/app/session", ended.token).status == 401
            assert wire.phone("finance").login["account"]
    finally:
        first.redis.stop()
        second.redis.stop()


def test_a_redis_newer_than_the_database_keeps_sessions_of_people_without_an_account(
    tmp_path: Path, postgres: Postgres, path: str
) -> None:
    """Why the how-to says to start with an empty one."""
    first, second = Place(tmp_path, postgres, "older", path), Place(tmp_path, postgres, "newer", path)
    early, late, seed = tmp_path / "early-backup", tmp_path / "late-backup", tmp_path / "seed.json"
    seed.write_text(json.dumps(seed_of(1, 1)), "utf-8")
    try:
        with first.serve("demo"):
            first.run("back_up.sh", early)
        with first.serve(str(seed)) as gateway:
            registered = Wire(gateway.url).phone("person_0")
            first.run("back_up.sh", late)
        shutil.copyfile(early / "gateway.dump", late / "gateway.dump")
        second.restore(late)
        with second.serve() as gateway:
            wire = Wire(gateway.url)
            assert wire.call("GET", "/app/session", registered.token).status == 200
            login = {"identifier": "person_0", "password": "Demo-2019", "device": {"name": "x", "model": "y"}}
            assert wire.call("POST", "/app/sessions", json=login).code == "invalid_credentials"
    finally:
        first.redis.stop()
        second.redis.stop()


def test_the_embedded_default_is_restored(tmp_path: Path, path: str) -> None:
    data, new, ready = tmp_path / "data", tmp_path / "new", tmp_path / "ready.json"
    with LiveGateway(data_dir=data, sim=False, environment=PATIENT) as gateway:
        phone, ticket = half_finished(Wire(gateway.url))
        ready.write_text(json.dumps(gateway.ready), "utf-8")
        run("embedded.sh", tmp_path, PATH=path, DATA=str(data), NEW=str(new), READY=str(ready))
    with LiveGateway(data_dir=new, sim=False, seed="", environment=PATIENT) as gateway:
        goes_on(Wire(gateway.url), phone, ticket)
