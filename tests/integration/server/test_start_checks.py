"""`doctor` finds what `serve` would refuse, in the same words; `settings` tells what holds, and names typos."""

from __future__ import annotations

import json
import re
import socket
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from gateway.commands.settings_report import OTHER_VARIABLES
from gateway.config import Settings, env_name
from gateway.demo.lan import make_certificate
from scan_to_login.testing.live import LiveGateway
from tests.integration.server.conftest import Forge, Start

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
Broken = Callable[[Path], dict[str, str]]


def two_certificates(folder: Path) -> dict[str, str]:
    """The certificate of one pair with the key of another."""
    pairs = []
    for name in ("one", "other"):
        (folder / name).mkdir()
        pairs.append(make_certificate(folder / name, "127.0.0.1"))
    return {"PAIRING_TLS_CERTIFICATE": str(pairs[0][0]), "PAIRING_TLS_KEY": str(pairs[1][1])}


def file(folder: Path, text: str) -> str:
    """A file with this text."""
    path = folder / "file.json"
    path.write_text(text)
    return str(path)


def cut_key(folder: Path) -> dict[str, str]:
    """A server key that a full disk has cut short."""
    (folder / "data").mkdir()
    (folder / "data" / "server.key").write_bytes(b"short")
    return {}


def real_people(folder: Path) -> dict[str, str]:
    """The simulation on a database that holds people of its own."""
    seed = (ROOT / "scan_to_login" / "seeds" / "demo.json").read_text()
    with LiveGateway(sim=False, seed=file(folder, seed), data_dir=folder / "data"):
        pass
    return {"PAIRING_SIM": "true"}


@pytest.mark.parametrize(
    ("name", "broken"),
    [
        ("settings", lambda _: {"PAIRING_PORT": "many"}),
        ("settings", lambda _: {"PAIRING_ALLOWED_ORIGINS": "https://a.example/page"}),
        ("TLS", lambda _: {"PAIRING_TLS_CERTIFICATE": "/nowhere.pem"}),
        ("TLS", two_certificates),
        ("server key", lambda _: {"PAIRING_SERVER_KEY": "short"}),
        ("server key", cut_key),
        ("seed", lambda folder: {"PAIRING_SEED": file(folder, '{"people": []}')}),
        ("Redis", lambda _: {"REDIS_URL": "redis://:hush@127.0.0.1:1/0"}),
        ("Redis", lambda _: {"REDIS_URL": "nonsense"}),
        ("database", lambda _: {"PAIRING_DATABASE_URL": "nonsense"}),
        ("database", lambda _: {"PAIRING_DATABASE_URL": "sqlite:////nowhere/at/all.sqlite3"}),
        ("data directory", lambda folder: {"PAIRING_DATA_DIR": f"{file(folder, '')}/data"}),
        ("port", lambda _: {"PAIRING_HOST": "no.such.host.invalid"}),
        pytest.param("database", real_people, marks=pytest.mark.slow),
    ],
)
def test_doctor_says_what_serve_would_say(forge: Forge, tmp_path: Path, name: str, broken: Broken) -> None:
    environment = {"PAIRING_DATA_DIR": str(tmp_path / "data"), "PAIRING_PORT": "0", **broken(tmp_path)}
    served = forge.run("serve", **environment)
    assert served.code == 1
    (said,) = [line for line in served.errors.splitlines() if line.startswith("Error: ")]
    done = forge.run("doctor", **environment)
    assert done.code == 1
    failed = [line for line in done.output.splitlines() if line.startswith("FAIL")]
    assert f"FAIL  {name}: {said.removeprefix('Error: ')}" in failed
    assert "hush" not in done.output + served.errors


def test_doctor_finds_a_port_that_is_taken(forge: Forge, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = forge.run("doctor", "--port", port, "--data-dir", str(tmp_path / "data"))
    assert done.code == 1
    assert f"FAIL  port: Cannot listen on 127.0.0.1 port {port}: " in done.output
    assert not (tmp_path / "data").exists()


def test_doctor_finds_the_schema_of_a_newer_version(forge: Forge, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "gateway.sqlite3")) as database:
        database.execute("CREATE TABLE alembic_version (version_num TEXT)")
        database.execute("INSERT INTO alembic_version VALUES ('9999_later')")
        database.commit()
    done = forge.run("doctor", "--port", "0", "--data-dir", str(tmp_path))
    assert done.code == 1
    assert re.search(r"FAIL  database: .*at revision 9999_later, which only a newer version knows", done.output)


def test_doctor_finds_a_gateway_that_holds_the_data(forge: Forge, run: Start, tmp_path: Path) -> None:
    program = run("serve", "--port", "0", "--data-dir", str(tmp_path / "data"))
    program.ready()
    done = forge.run("doctor", "--port", "0", "--data-dir", str(tmp_path / "data"))
    assert done.code == 1
    assert f"in use by another gateway (process {program.process.pid})" in done.output
    assert (tmp_path / "data" / "gateway.lock").exists()


def test_an_unknown_setting_is_named_with_the_nearest_known_one(forge: Forge, run: Start, tmp_path: Path) -> None:
    typo = {"PAIRING_NUMBER_MATCHNG": "require", "PAIRING_QUITE_OTHER_THING": "1", "PAIRING_LANG": "en"}
    program = run("serve", "--port", "0", "--data-dir", str(tmp_path / "data"), **typo)
    program.ready()
    doctor = forge.run("doctor", "--port", "0", "--data-dir", str(tmp_path / "other"), **typo)
    assert doctor.code == 0, doctor.output
    shown = forge.run("settings", **typo)
    for said in (program.errors, doctor.output, shown.errors):
        assert (
            "PAIRING_NUMBER_MATCHNG is not a setting and changes nothing: did you mean PAIRING_NUMBER_MATCHING?" in said
        )
        assert "PAIRING_QUITE_OTHER_THING is not a setting and changes nothing; `gateway settings` lists all." in said
        assert "PAIRING_LANG" not in said


def test_settings_shows_each_value_its_origin_and_its_bounds(forge: Forge, tmp_path: Path) -> None:
    environment = {
        "PAIRING_TICKETS_PENDING_SECONDS": "90",
        "PAIRING_SERVER_KEY": "k" * 40,
        "REDIS_URL": "redis://user:hush-hush@host:6379/0?password=hush-too",
        "PAIRING_DATABASE_URL": "postgresql://me:hush-hush@host/pairing",
        "PAIRING_ALLOWED_ORIGINS": "HTTPS://Example.com:443/,https://登录.example",
    }
    done = forge.run("settings", "--json", "--port", "9000", "--data-dir", str(tmp_path), **environment)
    assert done.code == 0, done.errors
    rows = {row["name"]: row for row in json.loads(done.output)}
    told = {name: (row["value"], row["origin"]) for name, row in rows.items()}
    assert set(rows) == {env_name(name) for name in Settings.model_fields}
    assert told["PAIRING_PORT"] == ("9000", "option")
    assert told["PAIRING_DATA_DIR"] == (str(tmp_path), "option")
    assert told["PAIRING_TICKETS_PENDING_SECONDS"] == ("90", "PAIRING_TICKETS_PENDING_SECONDS")
    assert told["PAIRING_TICKETS_SCANNED_SECONDS"] == ("60", "default")
    assert told["PAIRING_SERVER_KEY"] == ("***", "PAIRING_SERVER_KEY")
    assert told["PAIRING_REDIS_URL"] == ("redis://host:6379/0", "REDIS_URL")
    assert told["PAIRING_DATABASE_URL"] == ("postgresql://host/pairing", "PAIRING_DATABASE_URL")
    assert told["PAIRING_ALLOWED_ORIGINS"][0] == "https://example.com,https://xn--w2t382c.example"
    assert rows["PAIRING_PORT"]["bounds"] == "at least 0, at most 65535"
    assert rows["PAIRING_REDIS_TIMEOUT_SECONDS"]["bounds"] == "more than 0, at most 60"
    assert rows["PAIRING_NUMBER_MATCHING"]["bounds"] == "off, show, require, choose, return"
    assert "hush" not in done.output


def test_every_variable_that_anything_here_reads_is_known() -> None:
    """A setting without effect is reported."""
    known = {env_name(name) for name in Settings.model_fields} | OTHER_VARIABLES
    read: set[str] = set()
    for folder in ("gateway", "app_simulator", "client_stub"):
        for path in (ROOT / folder).rglob("*.py"):
            read |= set(re.findall(r'"(PAIRING_[A-Z_]*[A-Z])"', path.read_text()))
    assert read - known == set()
