"""A seed goes in and comes out again; captchas can have one answer for all."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import requests
import yaml

from scan_to_login.testing import ControlRefused, LiveGateway

HOW_TOS = Path(__file__).parents[3] / "docs" / "how-to"


def sorted_rows(seed: dict[str, Any]) -> dict[str, Any]:
    """A seed without the order of its rows."""
    return {name: sorted(map(str, value)) if isinstance(value, list) else value for name, value in seed.items()}


def test_an_export_of_an_untouched_gateway_is_its_seed(gateway: LiveGateway) -> None:
    assert sorted_rows(gateway.control.export_seed()) == sorted_rows(gateway.control.seed())


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
@pytest.mark.parametrize("page", ["seed.md", "seed.zh-CN.md"])
def test_the_how_to_exports_a_seed_and_puts_it_back_with_curl(gateway: LiveGateway, tmp_path: Path, page: str) -> None:
    text = (HOW_TOS / page).read_text("utf-8")
    (commands,) = (block.partition("```")[0] for block in text.split("```sh\n") if block.startswith("curl -o"))
    before = gateway.control.export_seed()
    script = commands.replace("http://127.0.0.1:8080", gateway.url)
    done = subprocess.run(["sh", "-ec", script], cwd=tmp_path, capture_output=True, timeout=60, check=True)
    assert json.loads((tmp_path / "people.json").read_text("utf-8")) == before
    assert json.loads(done.stdout)["units"] == before["units"]
    assert gateway.control.export_seed() == before


@pytest.mark.slow
def test_an_export_starts_another_gateway_in_the_same_state(gateway: LiveGateway, tmp_path: Any) -> None:
    seed = gateway.control.seed()
    seed["accounts"] = [account for account in seed["accounts"] if account["login_name"] == "agent"]
    seed["accounts"][0]["login_name"] = "somebody_else"
    for rows in ("roles", "bindings"):
        seed[rows] = [{**row, "account": "somebody_else"} for row in seed[rows] if row["account"] == "agent"]
    seed["authorizations"] = []
    gateway.control.replace_seed(seed)
    file = tmp_path / "seed.yaml"
    file.write_text(yaml.safe_dump(gateway.control.export_seed(), allow_unicode=True), "utf-8")
    with LiveGateway(seed=str(file)) as other:
        assert other.password_of("somebody_else") == "Demo-2019"
        assert sorted_rows(other.control.export_seed()) == sorted_rows(gateway.control.export_seed())


@pytest.mark.parametrize(
    ("search", "accounts", "units"),
    [
        ("AGENT", ["agent"], []),
        ("+86 138０000-0003", ["agent"], []),
        ("380000000３", ["agent"], []),
        ("b", [], ["B", "A"]),
        ("nobody at all", [], []),
    ],
)
def test_people_and_units_of_the_seed_are_found_by_a_part(
    gateway: LiveGateway, search: str, accounts: list[str], units: list[str]
) -> None:
    answer = requests.get(f"{gateway.url}/sim/v1/seed/search", params={"search": search}, timeout=10)
    found = answer.json()
    assert [one["login_name"] for one in found["accounts"]] == accounts
    assert [one["alias"] for one in found["units"]] == units


def test_a_search_returns_as_many_as_are_asked_for_and_tells_how_many_there_are(gateway: LiveGateway) -> None:
    seed = gateway.control.seed()
    found = requests.get(f"{gateway.url}/sim/v1/seed/search", params={"limit": 2}, timeout=10).json()
    assert (found["accounts"], found["units"]) == (seed["accounts"][:2], seed["units"][:2])
    assert (found["accounts_in_all"], found["units_in_all"]) == (len(seed["accounts"]), len(seed["units"]))
    gateway.control.replace_seed({"accounts": seed["accounts"][2:3]})
    found = requests.get(f"{gateway.url}/sim/v1/seed/search", timeout=10).json()
    assert (found["accounts"], found["units_in_all"]) == (seed["accounts"][2:3], 0)


def test_of_the_seed_exact_rows_come_first_then_prefixes_then_parts(gateway: LiveGateway) -> None:
    seed = gateway.control.seed()
    first, second, third = (one["login_name"] for one in seed["accounts"][:3])
    names = {first: "the an", second: "Anton", third: "An"}
    people = [{**one, "name": names[one["login_name"]]} for one in seed["accounts"][:3]]
    units = [{**one, "name": f"{one['name']}（集团）"} for one in seed["units"][:1]]
    gateway.control.replace_seed({"accounts": people, "units": units})

    def found(**query: str | int) -> list[str]:
        answer = requests.get(f"{gateway.url}/sim/v1/seed/search", params=query, timeout=10).json()
        return [one["name"] for one in (*answer["accounts"], *answer["units"])]

    assert found(search="AN") == ["An", "Anton", "the an"]
    assert found(search="an", limit=2) == ["An", "Anton"]
    assert found(search="an", match="prefix") == ["An", "Anton"]
    assert found(search="an", match="exact") == ["An"]
    assert found(search="（集团）") == [units[0]["name"]]
    assert found(search="（集团）", match="prefix") == []


def test_the_people_who_are_there_now_are_found_by_a_part(gateway: LiveGateway) -> None:
    def found(**query: object) -> Any:
        return requests.get(f"{gateway.url}/sim/v1/people", params=query, timeout=10).json()  # type: ignore[arg-type]

    everybody, seed = found(), gateway.control.seed()
    assert (everybody["accounts_in_all"], everybody["units_in_all"]) == (len(seed["accounts"]), len(seed["units"]))
    assert {one["login_name"] for one in everybody["accounts"]} == {one["login_name"] for one in seed["accounts"]}
    assert [one["login_name"] for one in everybody["accounts"] if one["locked"]] == ["locked"]
    assert [one["login_name"] for one in found(search="0000003")["accounts"]] == ["agent"]
    assert [one["login_name"] for one in found(search="AGENT")["accounts"]] == ["agent"]
    assert found(search="100%")["accounts"] == []
    assert len(found(limit=2)["accounts"]) == 2
    grant = seed["authorizations"][0]
    (told,) = found(search=gateway.unit(grant["unit"]).taxpayer_id)["authorizations"]
    assert (told["account"], told["granted_by"]) == (grant["account"], grant["granted_by"])
    gateway.control.hall.disable("agent")
    assert found(search="agent")["accounts"][0]["disabled"]


def test_the_people_who_are_there_are_read_page_by_page(gateway: LiveGateway) -> None:
    def page(**query: object) -> requests.Response:
        return requests.get(f"{gateway.url}/sim/v1/people", params=query, timeout=10)  # type: ignore[arg-type]

    seed, names, units, after = gateway.control.seed(), [], [], ""
    while after is not None:
        read = page(limit=4, after=after).json()
        names += [one["login_name"] for one in read["accounts"]]
        units += [one["taxpayer_id"] for one in read["units"]]
        after = read["next"]
    assert names == sorted(one["login_name"] for one in seed["accounts"])
    assert units == sorted(one["taxpayer_id"] for one in seed["units"])
    assert page(search="138", match="exact").json()["accounts"] == []
    assert page(search="138", match="prefix").json()["accounts"][0]["phone"].startswith("138")
    assert page(match="none").status_code == 422
    long = [{**one, "name": 200 * "单"} for one in seed["units"]]
    gateway.control.replace_seed({"units": long})
    pages = [page(search="单", limit=1).json()]
    while pages[-1]["next"]:
        assert len(pages) <= len(long) + 1
        pages.append(page(search="单", limit=1, after=pages[-1]["next"]).json())
    assert [one["taxpayer_id"] for read in pages for one in read["units"]] == units
    of_another = page(search="1", limit=1).json()["next"]
    for cursor in ("x", "é", "bnVsbA==", "W1swXV0=", "W1s5OV0sWzBdLFswXV0=", of_another):
        refused = page(limit=4, after=cursor)
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "after"), cursor


def test_a_changed_password_is_exported_as_its_hash_and_still_works(gateway: LiveGateway) -> None:
    exported = gateway.control.export_seed()
    exported["accounts"][0]["password"] = "Another-2020"
    name = exported["accounts"][0]["login_name"]
    gateway.control.replace_seed(exported)
    again = gateway.control.export_seed()
    assert next(row for row in again["accounts"] if row["login_name"] == name)["password"] == "Another-2020"


def test_an_inconsistent_seed_is_refused_and_changes_nothing(gateway: LiveGateway) -> None:
    before = gateway.control.export_seed()
    for change in (
        {"bindings": [{"unit": "Z", "account": "agent"}]},
        {"roles": [{"unit": "A", "account": "nobody", "role": "tax_agent"}]},
        {"accounts": [*before["accounts"], before["accounts"][0]]},
        {"people": []},
        {"accounts": [{**before["accounts"][0], "name": "a\x00b"}]},
    ):
        with pytest.raises(ControlRefused) as refused:
            gateway.control.replace_seed({**before, **change})
        assert refused.value.status == 422
    assert gateway.control.export_seed() == before


def test_a_seed_that_cannot_be_loaded_is_not_kept(tmp_path: Path) -> None:
    """Neither this gateway nor another on the same Redis keeps it; people are unchanged."""
    with LiveGateway(sim=True, environment={"PAIRING_DATA_DIR": str(tmp_path)}) as gateway:
        before = gateway.control.export_seed()
        with closing(sqlite3.connect(gateway.ready["database"].removeprefix("sqlite:///"))) as database:
            database.execute(
                "CREATE TRIGGER full BEFORE INSERT ON accounts WHEN NEW.login_name = 'one_too_many'"
                " BEGIN SELECT RAISE(ABORT, 'full'); END"
            )
            database.commit()
        account = {**before["accounts"][0], "login_name": "one_too_many"}
        with pytest.raises(ControlRefused) as refused:
            gateway.control.replace_seed({"accounts": [account]})
        assert refused.value.status == 500
        assert sorted_rows(gateway.control.export_seed()) == sorted_rows(before)
        gateway.control.reset()
        assert sorted_rows(gateway.control.export_seed()) == sorted_rows(before)


def test_the_schema_accepts_the_seed_and_refuses_an_invalid_one(gateway: LiveGateway) -> None:
    schema = requests.get(f"{gateway.url}/sim/v1/seed/schema", timeout=10).json()
    validator = jsonschema_rs.validator_for(schema)
    assert validator.is_valid(gateway.control.seed())
    assert not validator.is_valid({"accounts": [{"login_name": "x"}]})


def test_captchas_have_one_answer_until_the_next_reset(gateway: LiveGateway) -> None:
    def issued() -> str:
        answer = requests.post(f"{gateway.url}/api/v1/captchas", json={"identifier": "agent"}, timeout=10).json()
        return gateway.control.captcha_answer(answer["captcha_id"])

    gateway.control.set_captchas("0000")
    assert [issued(), issued()] == ["0000", "0000"]
    gateway.control.set_captchas(None)
    assert issued() != issued()
    gateway.control.set_captchas("0000")
    gateway.reset()
    assert issued() != "0000"


def test_a_setting_gives_captchas_one_answer_too() -> None:
    with LiveGateway(environment={"PAIRING_SIM_CAPTCHA": "1234"}) as gateway:
        issued = requests.post(f"{gateway.url}/api/v1/captchas", json={"identifier": "agent"}, timeout=10).json()
        assert gateway.control.captcha_answer(issued["captcha_id"]) == "1234"


@pytest.fixture(scope="module")
def two_workers() -> Iterator[LiveGateway]:
    """A gateway with two workers on one port."""
    with LiveGateway(workers=2) as gateway:
        yield gateway


def legacy_logins(gateway: LiveGateway) -> set[int]:
    """The answers to logins by declaration password alone, each on a new connection, from either worker."""
    body = {"taxpayer_id": gateway.unit("A").taxpayer_id, "declaration_password": "Unit-2019"}
    url = f"{gateway.url}/api/v1/legacy-sessions"
    return {requests.post(url, json=body, timeout=30).status_code for _ in range(12)}


@pytest.mark.slow
def test_a_seeds_cut_over_counts_at_once_on_every_worker(two_workers: LiveGateway) -> None:
    two_workers.reset()
    control = two_workers.control
    assert legacy_logins(two_workers) == {403}, "2020 is over"
    control.replace_seed({**control.seed(), "cut_over": "2090-01-01"})
    assert legacy_logins(two_workers) == {201}
    control.reset()
    assert legacy_logins(two_workers) == {201}, "a reset goes back to the seed that was put"
    assert (control.seed()["cut_over"], control.export_seed()["cut_over"]) == ("2090-01-01", "2090-01-01")
    control.replace_seed({**control.seed(), "cut_over": None})
    assert legacy_logins(two_workers) == {403}
    control.replace_seed({**control.seed(), "cut_over": "2090-01-01"})
    control.restore_seed()
    assert legacy_logins(two_workers) == {403}, "the gateway's own seed is back"
    assert control.export_seed()["cut_over"] == "2020-01-01"


@pytest.mark.slow
def test_a_worker_that_starts_later_knows_the_seeds_cut_over(two_workers: LiveGateway) -> None:
    two_workers.reset()
    two_workers.control.replace_seed({**two_workers.control.seed(), "cut_over": "2090-01-01"})
    os.kill(two_workers.ready["workers"][0], signal.SIGKILL)
    # Its listening socket outlives it: connections there wait for the worker that takes its place.
    assert legacy_logins(two_workers) == {201}
