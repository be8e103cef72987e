"""People and units are found by index on both databases; the whole table is read only for the rest of a page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, text

import gateway.audit.tables
import gateway.oauth.tables
import gateway.registration.tables  # noqa: F401 - with those below, every table
from gateway.accounts.lockout import Locks
from gateway.accounts.passwords import Passwords
from gateway.control.people.present import Present, PresentPeople
from gateway.control.seed.loader import Hashes, SeedLoader
from gateway.foundation.clock import Clock
from gateway.foundation.database import schema
from gateway.foundation.database.engine import Database
from gateway.foundation.offload import here
from scan_to_login.protocol import SearchMatch
from scan_to_login.seed import Seed
from tests.large_seeds import seed_of

pytestmark = pytest.mark.slow

PEOPLE, UNITS = 2_000, 400
BEFORE = "0007_ciba"
# In SQLite's words, and in PostgreSQL's, which may read a small table of grants whole to join it.
WHOLE_TABLE = re.compile(r"SCAN|Seq Scan on (?:accounts|units)\b")
BY_INDEX = re.compile(r"SEARCH \w+ USING|Index Cond")
ODD = ("50%_of", "50x_of", "a_b", "axb", "back\\slash", "a/b", "（集团）有限公司", "Zürich", "zoo")


def world() -> Seed:
    """People with names in groups, units with names that a pattern would misread, and a grant of each unit."""
    seed = seed_of(PEOPLE, UNITS)
    for number, account in enumerate(seed["accounts"]):
        account["name"] = f"{'赵钱孙李'[number % 4]}{'甲乙丙丁'[number // 4 % 4]}"
    for unit, name in zip(seed["units"], ODD, strict=False):
        unit["name"] = name
    seed["authorizations"] = [
        {"unit": f"U{number}", "account": f"person_{number + 1}", "permission": "handle", "granted_by": "person_0"}
        for number in range(UNITS)
    ]
    return Seed.model_validate(seed)


class NoLocks(Locks):
    """No person is locked: locks are Redis's, and these tests are about SQL."""

    def __init__(self) -> None: ...

    def seconds(self, *subjects: str) -> list[int]:
        return [0] * len(subjects)


class Searched:
    """A database with rows, and the statements of the searches in it."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.people = PresentPeople(database, Clock(), NoLocks())

    @contextmanager
    def statements(self) -> Iterator[list[tuple[str, Any]]]:
        """The statements that run meanwhile and return pages, with their parameters."""
        seen: list[tuple[str, Any]] = []

        def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
            if "LIMIT" in statement:
                seen.append((statement, parameters))

        event.listen(self.database.engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(self.database.engine, "before_cursor_execute", note)

    def plan(self, statement: str, parameters: Any) -> str:
        """How the database runs it."""
        explain = "EXPLAIN QUERY PLAN" if self.database.engine.dialect.name == "sqlite" else "EXPLAIN"
        with self.database.engine.connect() as connection:
            return "\n".join(map(str, connection.exec_driver_sql(f"{explain} {statement}", parameters)))

    def find(self, search: str, match: str = "part", limit: int = 50, after: str = "") -> Present:
        return self.people.find(search, SearchMatch(match), limit, after)

    def logins(self, search: str, match: str = "part", limit: int = 50) -> list[str]:
        return [one.login_name for one in self.find(search, match, limit).accounts]

    def units(self, search: str, match: str = "part") -> list[str]:
        return [one.name for one in self.find(search, match).units]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def searched(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searched]:
    """Rows of before the migration that made the indexes."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('search') / 'people.sqlite3'}"
    else:
        url = request.getfixturevalue("postgres").new_database("search")
    database = Database(url)
    schema.migrate(database, BEFORE)
    SeedLoader(database, Clock(), Hashes(Passwords(here))).load(world())
    schema.bring_up_to_date(database)
    if request.param == "postgresql":
        with database.engine.begin() as connection:
            connection.execute(text("ANALYZE"))
    yield Searched(database)
    database.close()


SEARCHES = ["person_7", "13900000007", "1390000", "110105", "赵", "赵甲", "单位 3", "911101050000", "Zürich"]


@pytest.mark.parametrize("match", ["exact", "prefix"])
@pytest.mark.parametrize("search", SEARCHES)
def test_exact_and_prefix_lookups_read_indexes_alone(searched: Searched, search: str, match: str) -> None:
    """Each page, the second too."""
    with searched.statements() as seen:
        first = searched.find(search, match, limit=3)
        if first.next:
            searched.find(search, match, 3, first.next)
    assert seen, "no statement was seen"
    for statement, parameters in seen:
        plan = searched.plan(statement, parameters)
        ways = WHOLE_TABLE.findall(plan), bool(BY_INDEX.search(plan))
        assert ways == ([], True), f"{statement}\n{parameters}\n{plan}"


def test_a_part_of_a_text_reads_all_rows_only_where_indexes_do_not_fill_the_page(searched: Searched) -> None:
    with searched.statements() as seen:
        assert len(searched.find("1", limit=2).accounts) == 2
        accounts = [statement for statement, _ in seen if "FROM accounts" in statement]
        assert [statement for statement in accounts if "LIKE" in statement] == [], "the page was full"
        assert len(searched.find("00000007", limit=2).accounts) == 1
        accounts = [statement for statement, _ in seen if "FROM accounts" in statement]
        assert "LIKE" in accounts[-1], "no phone number begins so"


def test_exact_rows_come_first_then_prefixes_then_parts(searched: Searched) -> None:
    assert searched.logins("person_7", "exact") == ["person_7"]
    assert searched.logins("person_7", "prefix", 3) == ["person_7", "person_70", "person_700"]
    assert searched.logins("13900000007") == ["person_7"]
    assert searched.logins("+86 139-0000-0007", "exact") == ["person_7"], "as people type it"
    assert searched.logins("erson_1999") == ["person_1999"], "a part is found by reading"
    assert searched.logins("PERSON_1999") == ["person_1999"], "in any letter case"
    assert searched.logins("erson_1999", "prefix") == searched.logins("PERSON_1999", "exact") == []
    assert searched.logins("赵甲", "exact", 2) == ["person_0", "person_1008"]
    assert searched.logins("nobody at all") == []


@pytest.mark.parametrize(
    ("search", "prefix", "part"),
    [
        ("50%", ["50%_of"], ["50%_of"]),
        ("0%", [], ["50%_of"]),
        ("a_", ["a_b"], ["a_b"]),
        ("_of", [], ["50%_of", "50x_of"]),
        ("back\\", ["back\\slash"], ["back\\slash"]),
        ("k\\s", [], ["back\\slash"]),
        ("/", [], ["a/b"]),
        ("（集团）", ["（集团）有限公司"], ["（集团）有限公司"]),
        ("z", ["zoo"], ["Zürich", "zoo"]),
        ("Zü", ["Zürich"], ["Zürich"]),
        ("%", [], ["50%_of"]),
    ],
)
def test_no_character_is_a_wildcard(searched: Searched, search: str, prefix: list[str], part: list[str]) -> None:
    assert searched.units(search, "prefix") == prefix
    assert sorted(searched.units(search)) == sorted(part)


@pytest.mark.parametrize("search", ["", "7", "赵", "person_1", "911101"])
@pytest.mark.parametrize("match", ["prefix", "part"])
def test_pages_follow_each_other_without_gap_or_repetition(searched: Searched, search: str, match: str) -> None:
    """While other rows come and go in between."""
    whole: dict[str, list[str]] = {"accounts": [], "units": [], "authorizations": []}
    page = searched.find(search, match, 500)
    while True:
        whole["accounts"] += [one.login_name for one in page.accounts]
        whole["units"] += [one.taxpayer_id for one in page.units]
        whole["authorizations"] += [one.unit for one in page.authorizations]
        if page.next is None:
            break
        page = searched.find(search, match, 137, page.next)
    seed = world()
    if not search:
        assert (len(whole["accounts"]), len(whole["units"])) == (PEOPLE, UNITS)
    accounts = {
        one.login_name
        for one in seed.accounts
        for word in (one.login_name, one.name, one.phone, one.id_number)
        if (search in word if match == "part" else word.startswith(search))
    }
    assert sorted(whole["accounts"]) == sorted(accounts)
    for found in whole.values():
        assert len(found) == len(set(found))


def test_postgresql_compares_these_texts_by_bytes_whichever_way_the_schema_was_made(postgres: Any) -> None:
    """In a language's order no range of an index holds the texts with one beginning."""
    found = []
    for name, make in (("in_steps", schema.migrate), ("at_once", schema.bring_up_to_date)):
        database = Database(postgres.new_database(name))
        make(database)
        with postgres.connect(name) as connection:
            rows = connection.execute(
                "SELECT table_name, column_name FROM information_schema.columns WHERE collation_name = 'C'"
                " AND table_schema = 'public'"
            ).fetchall()
        database.close()
        found.append(sorted(rows))
    assert found[0] == found[1]
    assert {"login_name", "phone", "name", "id_number"} <= {column for table, column in found[0] if table == "accounts"}
    assert [table for table, column in found[0] if column == "taxpayer_id"] == [
        *("authorizations", "bindings", "unit_roles", "units"),
    ]
