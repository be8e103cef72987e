"""`gateway export-person` and `gateway erase-person`, beside a running gateway and without one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gateway.server.redis.private import PrivateRedis
from scan_to_login.testing.live import LiveGateway
from tests.integration.commands.test_gateway_command import gateway as command
from tests.integration.pairing.test_remembered_computers import by_scan
from tests.integration.scale.postgres import Postgres
from tests.integration.wire import Wire

pytestmark = pytest.mark.slow

PERSON = "agent"
SECRET = {"password_hash", "session_digest", "digest", "token_digest", "password_mark"}
OWN = ("devices", "remembered_computers", "roles", "bindings", "authorizations")


@pytest.fixture(params=["embedded", "PostgreSQL and Redis"])
def stores(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[dict[str, str]]:
    """The settings that name the stores."""
    if request.param == "embedded":
        yield {}
        return
    postgres, redis = Postgres(), PrivateRedis(tmp_path / "redis")
    redis.start()
    yield {"PAIRING_DATABASE_URL": postgres.url(), "PAIRING_REDIS_URL": redis.url}
    redis.stop()
    postgres.stop()


def told(*arguments: str, **environment: str) -> dict[str, Any]:
    """What a command prints as JSON."""
    done = command(*arguments, PYTHONIOENCODING="utf-8", **environment)
    assert (done.returncode, done.stderr) == (0, "")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def traces(folder: Path, *texts: str) -> list[tuple[str, str]]:
    """The files of a data directory in which one of the texts stands."""
    return [
        (path.name, text)
        for path in folder.rglob("*")
        if path.is_file()
        for text in texts
        if text.encode() in path.read_bytes()
    ]


def refusal(*arguments: str, **environment: str) -> str:
    """The one sentence of a command that refuses."""
    done = command(*arguments, **environment)
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (1, "", 1)
    return done.stderr


def test_a_person_is_exported_and_erased_beside_a_running_gateway(tmp_path: Path, stores: dict[str, str]) -> None:
    data, ready = tmp_path / "data", tmp_path / "ready.json"
    with LiveGateway(data_dir=data, sim=False, environment=stores) as gateway:
        beside = ["--data-dir", str(data)]
        if not stores:
            assert "name its ready file with --ready-file" in refusal("export-person", PERSON, *beside)
            ready.write_text(json.dumps(gateway.ready), "utf-8")
            beside += ["--ready-file", str(ready)]
        wire = Wire(gateway.url)
        phone, other, ticket = wire.phone(PERSON), wire.phone("finance"), wire.ticket()
        other.approve(ticket.id)
        by_scan(wire, phone)

        kept = told("export-person", PERSON, *beside, **stores)
        account = kept["account"]
        assert (account["login_name"], account["phone"]) == (PERSON, "13800000003")
        assert [device["account_id"] for device in kept["devices"]] == [account["account_id"]]
        assert sorted(session["kind"] for session in kept["sessions"]) == ["client", "phone"]
        assert {event["action"] for event in kept["audit_events"]} >= {"login.phone", "ticket.claim"}
        assert len(kept["remembered_computers"]) == 1
        assert len(kept["bindings"]) == 2
        assert not SECRET & {*json.dumps(kept).split('"')}

        assert stores or traces(data, account["name"]), "what is looked for below can be found"
        receipt = told("erase-person", account["phone"], "--yes", *beside, **stores)
        assert receipt["account_id"] == account["account_id"]
        rows = {name: len(kept[name]) for name in OWN}
        assert receipt["deleted"] == {"account": 1, "sessions": 2, "registration_codes": 0, **rows}
        assert receipt["made_anonymous"] == {"audit_events": len(kept["audit_events"])}
        assert wire.call("GET", "/app/session", phone.token).code == "unauthenticated"
        login = {"identifier": PERSON, "password": "Demo-2019", "device": {"name": "x", "model": "y"}}
        assert wire.call("POST", "/app/sessions", json=login).code == "invalid_credentials"
        for name in (PERSON, account["id_number"], account["account_id"]):
            assert "No account has this login name" in refusal("export-person", name, *beside, **stores)
        assert ticket.claim().status == 200, "another person has noticed nothing"
    if not stores:
        assert traces(data, account["phone"], account["id_number"], account["name"]) == []


def test_an_embedded_gateway_need_not_run(tmp_path: Path) -> None:
    """The receipt tells which units have lost their head; without --yes it asks."""
    with LiveGateway(data_dir=tmp_path, sim=False) as gateway:
        head = gateway.account("legal_rep")
        units = {gateway.unit(alias).taxpayer_id for alias in ("A", "B")}
    assert "Aborted" in command("erase-person", "legal_rep", "--data-dir", str(tmp_path)).stderr
    kept = told("export-person", head.phone, "--data-dir", str(tmp_path))
    receipt = told("erase-person", "legal_rep", "--yes", "--data-dir", str(tmp_path))
    assert {*receipt["units_without_head"]} <= units
    assert receipt["units_without_head"] == [gateway.unit("B").taxpayer_id], "A has a finance manager"
    assert kept["account"]["name"] not in json.dumps(receipt, ensure_ascii=False)
    with LiveGateway(data_dir=tmp_path, sim=False, seed="") as gateway:
        login = {"identifier": "legal_rep", "password": "Demo-2019", "device": {"name": "x", "model": "y"}}
        assert Wire(gateway.url).call("POST", "/app/sessions", json=login).code == "invalid_credentials"
