"""An account's relation to a unit, from the one prepared statement."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Select, select, text

from gateway.accounts.passwords import Passwords
from gateway.accounts.tables import Account
from gateway.control.seed.loader import Hashes, SeedLoader
from gateway.foundation.clock import Clock
from gateway.foundation.database.engine import Database
from gateway.foundation.database.schema import bring_up_to_date
from gateway.foundation.errors import Refusal
from gateway.foundation.offload import here
from gateway.units import store
from gateway.units.authorizations.store import AuthorizationStore
from gateway.units.model import UnitAccess
from gateway.units.store import UnitStore
from gateway.units.tables import Unit
from scan_to_login.protocol import Code
from scan_to_login.seed import load_seed

NOW = 1_800_000_000_000


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    found = Database(f"sqlite:///{tmp_path_factory.mktemp('store') / 'units.sqlite3'}")
    bring_up_to_date(found)
    SeedLoader(found, Clock(), Hashes(Passwords(here))).load(load_seed("demo"))
    yield found
    found.close()


@pytest.fixture
def units(database: Database) -> UnitStore:
    return UnitStore(database)


def account(database: Database, login_name: str) -> str:
    with database.begin() as db:
        return db.scalars(select(Account.account_id).where(Account.login_name == login_name)).one()


def number(name: str) -> str:
    seed = load_seed("demo")
    return seed.taxpayer_id(name)


def at(database: Database, units: UnitStore, who: str, unit: str, *, authorizations: bool = True) -> UnitAccess | None:
    return units.access(account(database, who), number(unit), NOW, authorizations=authorizations)


@pytest.mark.parametrize(
    ("who", "unit", "roles", "via", "permission"),
    [
        ("legal_rep", "A", ("legal_representative",), (), ""),
        ("agent", "A", ("tax_agent",), ("binding",), ""),
        ("authorized", "A", (), ("authorization",), "handle"),
        ("passport", "A", ("tax_agent",), ("binding",), ""),
    ],
)
def test_roles_binding_and_authorization_come_together(
    database: Database,
    units: UnitStore,
    who: str,
    unit: str,
    roles: tuple[str, ...],
    via: tuple[str, ...],
    permission: str,
) -> None:
    found = at(database, units, who, unit)
    assert found is not None
    assert (found.roles, found.via, found.permission) == (roles, via, permission)


def test_an_account_without_a_relation_to_a_unit_has_no_access(database: Database, units: UnitStore) -> None:
    assert at(database, units, "newcomer", "A") is None
    assert at(database, units, "agent", "C") is None
    assert units.access(account(database, "agent"), "nowhere", NOW, authorizations=True) is None
    assert units.of_account("nobody", NOW, authorizations=True) == []


def test_lists_are_of_those_who_act_or_of_all_that_know_each_other(database: Database, units: UnitStore) -> None:
    head, agent = account(database, "legal_rep"), account(database, "agent")
    listed = units.of_account(head, NOW, authorizations=True)
    assert {(unit.taxpayer_id, unit.via) for unit in listed} == {(number("A"), ()), (number("B"), ())}
    assert units.of_account(account(database, "newcomer"), NOW, authorizations=True) == []
    assert {unit.taxpayer_id for unit in units.known_to(head, NOW, authorizations=True)} == {number("A"), number("B")}
    assert {unit.taxpayer_id for unit in units.of_account(agent, NOW, authorizations=True)} == {
        number("A"),
        number("B"),
    }


def test_before_the_cut_over_an_authorization_exists_without_effect(database: Database, units: UnitStore) -> None:
    who = account(database, "authorized")
    assert units.of_account(who, NOW, authorizations=False) == []
    found = at(database, units, "authorized", "A", authorizations=False)
    assert found is not None
    assert (found.via, found.permission, found.authorization_id) == ((), "", "")


def test_heads_of_the_unit_get_a_message_about_a_reset(database: Database, units: UnitStore) -> None:
    assert set(units.heads(number("A"))) == {account(database, "legal_rep"), account(database, "finance")}


def test_an_impossible_id_is_not_looked_up(database: Database) -> None:
    assert AuthorizationStore(database).get("\x00", NOW) is None
    assert AuthorizationStore(database).get("x" * 33, NOW) is None


def test_an_unreachable_database_is_an_error_and_not_an_empty_list(tmp_path: Path) -> None:
    empty = Database(f"sqlite:///{tmp_path / 'empty.sqlite3'}")
    with pytest.raises(Refusal) as refused:
        UnitStore(empty).of_account("somebody", NOW, authorizations=True)
    assert refused.value.code is Code.UNAVAILABLE
    empty.close()


def test_a_prepared_statement_sees_what_was_just_written(database: Database, units: UnitStore) -> None:
    version = at(database, units, "agent", "A")
    with database.begin() as db:
        unit = db.get_one(Unit, number("A"))
        unit.password_version += 1
    again = at(database, units, "agent", "A")
    assert version is not None
    assert again is not None
    assert again.password_version == version.password_version + 1


@pytest.mark.parametrize("statement", [store._OF_ACCOUNT, store._ONE])
def test_no_statement_walks_all_units(database: Database, statement: Select[Any]) -> None:
    """A claim's query must not cost more with more units."""
    asked = statement.compile(database.engine, compile_kwargs={"literal_binds": True})
    with database.engine.connect() as connection:
        plan = [str(row[-1]) for row in connection.execute(text(f"EXPLAIN QUERY PLAN {asked}"))]
    assert any(step.startswith("SEARCH units ") for step in plan), plan
    assert not [step for step in plan if step.startswith("SCAN")], plan
