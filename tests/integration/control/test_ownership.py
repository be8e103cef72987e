"""The simulation keeps away from a database of real people, and they from its own."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from gateway.accounts.passwords import Passwords
from gateway.config import Settings
from gateway.control.seed.loader import Hashes, SeedLoader
from gateway.control.seed.ownership import Ownership
from gateway.foundation.clock import Clock
from gateway.foundation.database.engine import Database
from gateway.foundation.database.schema import bring_up_to_date
from gateway.foundation.offload import here
from scan_to_login.seed import load_seed
from scan_to_login.testing.live import GatewayFailed, LiveGateway
from tests.integration.wire import Wire

ALLOWED = {"PAIRING_ALLOW_SIM_DATABASE": "true"}
PERSON = {
    "login_name": "zhang_san",
    "password": "Real-2019",
    "phone": "13900000001",
    "name": "张三",
    "id_type": "resident_id",
    "id_number": "11010519491231002X",
}


def people_in(data: Path) -> list[str]:
    """Login names in the database, as the database tells them."""
    with closing(sqlite3.connect(data / "gateway.sqlite3")) as database:
        return [row[0] for row in database.execute("SELECT login_name FROM accounts ORDER BY login_name")]


def seed_of(folder: Path, **changed: str) -> str:
    """A seed file with one real person."""
    file = folder / "people.json"
    file.write_text(json.dumps({"accounts": [{**PERSON, **changed}]}))
    return str(file)


@pytest.fixture
def real(tmp_path: Path) -> Path:
    """The data of a gateway with one person of its own."""
    with LiveGateway(sim=False, seed=seed_of(tmp_path), data_dir=tmp_path / "data"):
        pass
    return tmp_path / "data"


def sentence(start: Callable[[], object]) -> str:
    """The one sentence of a gateway that does not start."""
    with pytest.raises(GatewayFailed) as failed:
        start()
    said = str(failed.value)
    assert said.startswith("Error: ")
    assert said.endswith(".")
    assert len(said.splitlines()) == 1
    return said


def test_a_simulation_refuses_a_database_of_real_people_and_changes_nothing(real: Path) -> None:
    with closing(sqlite3.connect(real / "gateway.sqlite3")) as database:  # of the release before
        for table in ("installation", "oauth_clients", "oauth_keys", "remembered_computers"):
            database.execute(f"DROP TABLE {table}")
        for index in ("ix_accounts_name", "ix_units_name"):
            database.execute(f"DROP INDEX {index}")
        database.execute("ALTER TABLE authorizations DROP COLUMN valid_from")
        database.execute("UPDATE alembic_version SET version_num = '0002_events_by_account'")
        database.commit()
    shutil.rmtree(real / "redis")  # that release left no word in Redis of which database it belongs to
    said = sentence(LiveGateway(data_dir=real).start)
    with closing(sqlite3.connect(real / "gateway.sqlite3")) as database:
        assert database.execute("SELECT version_num FROM alembic_version").fetchall() == [("0002_events_by_account",)]
    assert "gateway.sqlite3" in said
    assert "--data-dir" in said
    assert people_in(real) == ["zhang_san"]
    with LiveGateway(sim=False, seed="", data_dir=real) as gateway:
        login = {"identifier": "zhang_san", "password": "Real-2019", "device": {"name": "x", "model": "y"}}
        assert Wire(gateway.url).call("POST", "/app/sessions", json=login).status == 201


def test_a_simulations_database_stays_its_own(tmp_path: Path) -> None:
    """It starts on it again and resets it; a real gateway refuses it, unless it is asked for."""
    data = tmp_path / "data"
    with LiveGateway(data_dir=data):
        pass
    with LiveGateway(data_dir=data) as gateway:
        gateway.control.reset()
        assert "agent" in people_in(data)
    said = sentence(LiveGateway(sim=False, seed="", data_dir=data).start)
    assert "PAIRING_ALLOW_SIM_DATABASE" in said
    with LiveGateway(sim=False, seed="", data_dir=data, environment=ALLOWED) as gateway:
        assert Wire(gateway.url).phone("agent")
        assert "people of the demo seed" in gateway.log


def test_a_reset_is_impossible_where_the_mark_is_gone(tmp_path: Path) -> None:
    """Even for a simulation that runs: the mark is looked at in the transaction that would delete."""
    data = tmp_path / "data"
    with LiveGateway(data_dir=data) as gateway:
        with closing(sqlite3.connect(data / "gateway.sqlite3")) as database:
            database.execute("DELETE FROM installation WHERE name = 'simulation'")
            database.commit()
        wire = Wire(gateway.url)
        phone = wire.phone("agent")
        for method, path in (("POST", "/sim/v1/reset"), ("DELETE", "/sim/v1/seed")):
            answer = wire.call(method, path)
            assert (answer.status, answer.code) == (403, "forbidden")
        assert len(people_in(data)) == 11
        assert wire.call("GET", "/app/session", phone.token).status == 200


@pytest.mark.parametrize(("changed", "what"), [("phone", "phone number"), ("id_number", "document")])
def test_a_seed_that_clashes_with_existing_people_is_one_sentence(
    real: Path, tmp_path: Path, changed: str, what: str
) -> None:
    other = {"phone": "13900000002", "id_number": "110105194912310038"}
    del other["phone" if changed == "phone" else "id_number"]
    seed = seed_of(tmp_path, login_name="li_si", **other)
    said = sentence(LiveGateway(sim=False, seed=seed, data_dir=real).start)
    assert f"li_si has the {what} of zhang_san" in said
    assert PERSON["phone"] not in said
    assert PERSON["id_number"] not in said
    assert people_in(real) == ["zhang_san"]


def test_a_simulation_that_starts_beside_another_takes_its_people_for_those_of_a_simulation(tmp_path: Path) -> None:
    """The other one marks the database and adds its people between two looks: for the mark, and for people."""
    database = Database(f"sqlite:///{tmp_path / 'gateway.sqlite3'}")
    bring_up_to_date(database)
    settings = Settings(sim=True)

    class Slow(Ownership):
        def _has_rows(self) -> bool:
            Ownership(database, settings).settle()
            SeedLoader(database, Clock(), Hashes(Passwords(here))).load(load_seed("demo"))
            return super()._has_rows()

    Slow(database, settings).check()
    assert people_in(tmp_path)
    database.close()
