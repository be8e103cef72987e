"""Seeds of thousands of people: as much work as there are people, and an export that is put back (SECURITY.md 58)."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

import gateway.accounts.tables
import gateway.audit.tables
import gateway.oauth.tables
import gateway.registration.tables
import gateway.units.tables  # noqa: F401 - all four fill the metadata
from gateway.accounts.passwords import Passwords
from gateway.control.seed.loader import Hashes, SeedLoader
from gateway.foundation.clock import Clock
from gateway.foundation.database.engine import Database
from gateway.foundation.database.schema import bring_up_to_date
from gateway.foundation.offload import here
from scan_to_login.seed import load_seed
from scan_to_login.testing.live import LiveGateway
from tests.integration.machine import peak_growth
from tests.integration.wire import eventually
from tests.large_seeds import seed_of

pytestmark = pytest.mark.slow

JSON = {"Content-Type": "application/json"}


def written(path: Path, people: int) -> Path:
    path.write_text(json.dumps(seed_of(people, people // 10), ensure_ascii=False), "utf-8")
    return path


def planting_seconds(folder: Path, people: int) -> float:
    """Processor time to read a seed and plant it."""
    file = written(folder / f"{people}.json", people)
    database = Database(f"sqlite:///{folder / f'{people}.sqlite3'}")
    bring_up_to_date(database)
    hashes = Hashes(Passwords(here))
    began = time.process_time()
    SeedLoader(database, Clock(), hashes).load(load_seed(str(file)))
    took = time.process_time() - began
    database.close()
    return took


def test_eight_times_the_people_are_about_eight_times_the_work(tmp_path: Path) -> None:
    """Quadratic, they were 64 times the work."""
    planting_seconds(tmp_path, 100)  # modules that are loaded once
    few, many = planting_seconds(tmp_path, 500), planting_seconds(tmp_path, 4_000)
    assert many < 24 * few


def rows_of(seed: dict[str, Any]) -> dict[str, Any]:
    """A seed with its lists in one order."""
    return {name: sorted(map(str, value)) if isinstance(value, list) else value for name, value in seed.items()}


def test_an_export_of_a_thousand_people_is_put_back(tmp_path: Path) -> None:
    """It is longer than any other body may be."""
    file = written(tmp_path / "seed.json", 1_000)
    with LiveGateway(seed=str(file)) as gateway:
        url = f"{gateway.url}/sim/v1/seed"
        exported = requests.get(f"{url}/export", timeout=60)
        assert len(exported.content) > 2 * 65_536
        before = exported.json()
        assert len(before["accounts"]) == 1_000
        assert sum(account["locked"] for account in before["accounts"]) == 10
        assert {account["password"] for account in before["accounts"]} == {"Demo-2019"}
        put = requests.put(url, data=exported.content, headers=JSON, timeout=60)
        assert put.status_code == 200, put.text[:300]
        after = requests.get(f"{url}/export", timeout=60).json()
        assert rows_of(after) == rows_of(before)
        login = {"identifier": "person_999", "password": "Demo-2019", "device": {"name": "a", "model": "b"}}
        assert requests.post(f"{gateway.url}/api/v1/app/sessions", json=login, timeout=30).status_code == 201
        assert "Traceback" not in gateway.log


def test_a_seed_of_hashes_is_put_back_without_trying_a_password(tmp_path: Path) -> None:
    """The passwords are unknown, so the gateway tries none: a try would take 50 ms."""
    content = seed_of(400, 4)
    for number, account in enumerate(content["accounts"]):
        del account["password"]
        account["password_hash"] = f"$argon2id$v=19$m=19456,t=2,p=1${number:022d}$eX2wsSD9tnotyMMXX4HonLNv1fHER9XdBhR"
    file = tmp_path / "seed.json"
    file.write_text(json.dumps(content), "utf-8")
    with LiveGateway(seed=str(file)) as gateway:
        before = requests.get(f"{gateway.url}/sim/v1/seed/export", timeout=10).json()
        hashes = {account["login_name"]: account["password_hash"] for account in before["accounts"]}
        assert hashes == {account["login_name"]: account["password_hash"] for account in content["accounts"]}
        gateway.control.replace_seed(before)
        assert rows_of(gateway.control.export_seed()) == rows_of(before)


def test_a_thousand_people_with_a_password_each_log_in_and_are_exported_with_it(tmp_path: Path) -> None:
    """Hashed as a real gateway's, their passwords take a minute."""
    content = seed_of(1_000, 1)
    for number, account in enumerate(content["accounts"]):
        account["password"] = f"Own-{number:06d}"
    file = tmp_path / "seed.json"
    file.write_text(json.dumps(content), "utf-8")
    with LiveGateway(seed=str(file)) as gateway:
        login = {"identifier": "person_998", "password": "Own-000998", "device": {"name": "a", "model": "b"}}
        sessions = f"{gateway.url}/api/v1/app/sessions"
        assert requests.post(sessions, json=login, timeout=30).status_code == 201
        assert requests.post(sessions, json={**login, "password": "Own-000997"}, timeout=30).status_code == 401
        exported = {one["login_name"]: one["password"] for one in gateway.control.export_seed()["accounts"]}
        assert exported == {account["login_name"]: account["password"] for account in content["accounts"]}


def test_a_seed_has_a_limit_of_its_own_and_other_bodies_keep_theirs() -> None:
    """The gateway refuses a seed that is too long, a seed without permission, and a long body of another call."""
    long = json.dumps(seed_of(500, 5)).encode()
    settings = {"PAIRING_SEED_BYTES": "100000", "PAIRING_SIM_TOKEN": "a-token-of-this-test"}
    with LiveGateway(environment=settings) as gateway:
        holder = {**JSON, "Authorization": "Bearer a-token-of-this-test"}

        def put(path: str, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
            answer = requests.put(f"{gateway.url}{path}", data=body, headers=headers, timeout=30)
            return answer.status_code, answer.json()["code"] if answer.status_code != 200 else "ok"

        assert len(long) > 100_000
        assert put("/sim/v1/seed", long, holder) == (413, "body_too_large")
        fits = json.dumps(seed_of(300, 3)).encode()
        assert 65_536 < len(fits) < 100_000
        assert put("/sim/v1/seed", fits, {**JSON, "Authorization": "Bearer another"}) == (401, "unauthenticated")
        assert put("/sim/v1/clock", fits, holder) == (413, "body_too_large")
        assert put("/sim/v1/seed", fits, holder) == (200, "ok")
        chunks = (fits[start : start + 8192] for start in range(0, len(fits), 8192))
        assert requests.put(f"{gateway.url}/sim/v1/seed", data=chunks, headers=holder, timeout=30).status_code == 200


@pytest.fixture(scope="module")
def twenty_thousand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveGateway]:
    """A gateway with so many people; their export has 6 MB."""
    file = written(tmp_path_factory.mktemp("seed") / "seed.json", 20_000)
    with LiveGateway(seed=str(file)) as gateway:
        yield gateway


def test_a_worker_serves_on_while_it_exports_twenty_thousand_people(twenty_thousand: LiveGateway) -> None:
    """It used to stand still for four seconds and a half."""
    gateway = twenty_thousand
    done = threading.Event()
    exported: list[requests.Response] = []

    def export() -> None:
        exported.append(requests.get(f"{gateway.url}/sim/v1/seed/export", timeout=120))
        done.set()

    with requests.Session() as others:
        others.get(f"{gateway.url}/healthz", timeout=60)
        exporting = threading.Thread(target=export)
        exporting.start()
        served = 0
        while not done.is_set() and exporting.is_alive():
            assert others.get(f"{gateway.url}/healthz", timeout=60).status_code == 200
            served += 1
    assert len(exported[0].json()["accounts"]) == 20_000
    assert served >= 10


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_an_export_takes_as_much_memory_as_a_few_people(twenty_thousand: LiveGateway) -> None:
    """The first one has tried a password, which takes 19 MiB, and is not measured."""

    def size() -> int:
        with requests.get(f"{twenty_thousand.url}/sim/v1/seed/export", stream=True, timeout=120) as answer:
            return sum(map(len, answer.iter_content(100_000)))

    assert size() > 6_000_000
    with peak_growth(twenty_thousand.pid, kib=3_000):
        assert size() > 6_000_000


def test_two_exports_at_once_are_enough_and_a_reader_that_leaves_ends_its_own(twenty_thousand: LiveGateway) -> None:
    """Each of them holds a connection to the database."""
    url = f"{twenty_thousand.url}/sim/v1/seed/export"
    with begun_export(twenty_thousand), begun_export(twenty_thousand):
        third = requests.get(url, timeout=30)
        assert (third.status_code, third.json()["code"]) == (503, "unavailable")
    eventually(lambda: requests.get(url, timeout=60).status_code == 200)


def test_an_export_is_of_the_moment_when_it_began(twenty_thousand: LiveGateway) -> None:
    """Even if everybody is deleted before a slow reader has all of it."""
    with begun_export(twenty_thousand) as answer:
        twenty_thousand.control.replace_seed({"accounts": []})
        try:
            assert twenty_thousand.control.export_seed()["accounts"] == []
            exported = json.loads(answer.content)
        finally:
            twenty_thousand.control.restore_seed()
    assert len(exported["accounts"]) == len(exported["bindings"]) == 20_000
    assert exported["bindings"][0]["unit"].startswith("U")


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_a_worker_serves_on_while_it_takes_in_a_seed_and_keeps_it_in_memory_once(twenty_thousand: LiveGateway) -> None:
    """It used to stand still for more than half of the time, and to take 114 MB for this."""
    gateway = twenty_thousand
    document = seed_of(20_000, 2_000)
    document["accounts"][19_999]["name"] = "李雷"
    sent = json.dumps(document).encode()
    answers: list[requests.Response] = []

    def put() -> None:
        answers.append(requests.put(f"{gateway.url}/sim/v1/seed", data=sent, headers=JSON, timeout=300))

    with requests.Session() as others, peak_growth(gateway.pid, kib=75_000):
        others.get(f"{gateway.url}/healthz", timeout=60)
        putting = threading.Thread(target=put)
        began = last = time.monotonic()
        putting.start()
        longest = 0.0
        while putting.is_alive():
            assert others.get(f"{gateway.url}/healthz", timeout=60).status_code == 200
            longest, last = max(longest, time.monotonic() - last), time.monotonic()
    try:
        assert answers[0].status_code == 200, answers[0].text[:300]
        assert answers[0].json()["accounts"][19_999]["name"] == "李雷"
        assert longest < (last - began) / 3
        gateway.control.reset()
        assert gateway.control.seed()["accounts"][19_999]["name"] == "李雷"
    finally:
        gateway.control.restore_seed()


def test_one_wrong_person_among_thousands_is_named_and_nothing_is_changed(twenty_thousand: LiveGateway) -> None:
    """Of a field, of a relation, of the form of the document."""
    url, before = f"{twenty_thousand.url}/sim/v1/seed", twenty_thousand.control.export_seed()
    document = seed_of(10_000, 100)
    document["accounts"][6_789]["phone"] = "12"
    refused = requests.put(url, json=document, timeout=120)
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_request")
    (wrong,) = refused.json()["errors"]
    assert (wrong["field"], wrong["rule"]) == ("accounts.6789.phone", "phone_form")
    document["accounts"][6_789]["phone"] = document["accounts"][0]["phone"]
    refused = requests.put(url, json=document, timeout=120)
    assert refused.json()["errors"][0]["field"] == "accounts.6789.phone"
    for body in (b'{"accounts": [', b"[]", b'{"accounts": NaN}', b"\xff", json.dumps(document).encode()[:-1]):
        refused = requests.put(url, data=body, headers=JSON, timeout=120)
        assert (refused.status_code, refused.json()["code"]) == (400, "malformed_request"), body[:20]
    assert twenty_thousand.control.export_seed() == before


def begun_export(gateway: LiveGateway) -> requests.Response:
    """An export whose body nobody has read yet; it ends with the block."""
    return requests.get(f"{gateway.url}/sim/v1/seed/export", stream=True, timeout=120)
