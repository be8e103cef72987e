"""Authorizations: permitted grants, in force at once and over at once (SECURITY.md 20)."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scan_to_login.testing.live import LiveGateway
from tests.integration.units.conftest import PASSWORD, RIGHT, Caller, Wire, code_of


def granted(wire: Wire, head: Caller, person: str, unit: str = "A", **more: object) -> str:
    answer = head.grant(wire.units[unit], **wire.person(person), **more)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["authorization_id"])


def test_authorized_means_no_password_on_qr_and_password_logins_alike(wire: Wire) -> None:
    authorized = wire.client("authorized")
    (unit,) = authorized.answer["units"]
    assert (unit["via"], unit["password_required"], unit["permission"]) == (["authorization"], False, "handle")
    assert authorized.verify(wire.units["A"]).status_code == 200
    assert authorized.menu().status_code == 200


def test_an_authorization_is_for_that_person_and_that_unit_alone(wire: Wire) -> None:
    authorized = wire.client("authorized")
    assert code_of(authorized.verify(wire.units["B"])) == "unit_not_found"
    assert code_of(wire.client("single").verify(wire.units["A"])) == "declaration_password_required"
    granted(wire, wire.phone("legal_rep"), "single")
    assert wire.client("single").verify(wire.units["A"]).status_code == 200
    assert code_of(wire.client("passport").verify(wire.units["A"])) == "declaration_password_required"


@pytest.mark.parametrize("head", ["legal_rep", "finance"])
@pytest.mark.parametrize("channel", ["phone", "web"])
def test_legal_representative_and_finance_manager_grant_on_phone_and_web(wire: Wire, head: str, channel: str) -> None:
    newcomer = wire.client("newcomer")
    assert code_of(newcomer.verify(wire.units["A"])) == "unit_not_found"
    granted(wire, getattr(wire, channel)(head), "newcomer")
    assert newcomer.verify(wire.units["A"]).status_code == 200, "in force at once, for a session that was there before"


def test_the_person_is_found_by_document_and_name_too(wire: Wire) -> None:
    head = wire.phone("legal_rep")
    assert head.grant(wire.units["A"], **wire.document("newcomer")).status_code == 201
    assert head.grant(wire.units["A"], **wire.document("passport")).status_code == 201


def test_half_of_the_identity_finds_no_person_and_gives_no_reason(wire: Wire) -> None:
    head = wire.phone("legal_rep")
    newcomer, stranger = wire.person("newcomer"), {"name": "赵敏", "phone": "13999999999"}
    wrong_name = head.grant(wire.units["A"], **(newcomer | {"name": "赵某"}))
    nobody = head.grant(wire.units["A"], **stranger)
    assert wrong_name.status_code == nobody.status_code == 404
    assert wrong_name.json() == nobody.json()
    assert code_of(nobody) == "person_not_found"
    both = head.grant(wire.units["A"], **newcomer, id_number=wire.document("newcomer")["id_number"])
    neither = head.grant(wire.units["A"], name=newcomer["name"])
    assert both.status_code == neither.status_code == 422


def test_personal_data_are_shown_masked(wire: Wire) -> None:
    (shown,) = wire.phone("legal_rep").authorizations(wire.units["A"])
    assert shown["person"] == {"display_name": "*洋", "phone": "138****0005"}
    assert wire.person("authorized")["phone"] not in json.dumps(shown)


@pytest.mark.parametrize("name", ["agent", "single", "authorized", "newcomer"])
def test_no_other_person_grants_lists_changes_or_revokes(wire: Wire, name: str) -> None:
    unit, other = wire.units["A"], wire.phone(name)
    found = wire.phone("legal_rep").authorizations(unit)[0]["authorization_id"]
    path = f"/units/{unit}/authorizations"
    answers = [
        other.grant(unit, **wire.person("passport")),
        other.get(path),
        other.send("PATCH", f"{path}/{found}", permission="manage"),
        other.send("DELETE", f"{path}/{found}"),
    ]
    expected = "unit_not_found" if name == "newcomer" else "forbidden"
    assert {code_of(answer) for answer in answers} == {expected}
    assert wire.client("authorized").verify(unit).status_code == 200


def test_a_head_of_one_unit_has_no_rights_at_another(wire: Wire) -> None:
    finance = wire.phone("finance")
    assert code_of(finance.grant(wire.units["B"], **wire.person("newcomer"))) == "unit_not_found"
    at_b = granted(wire, wire.phone("legal_rep"), "newcomer", "B")
    through_a = finance.send("DELETE", f"/units/{wire.units['A']}/authorizations/{at_b}")
    assert code_of(through_a) == "authorization_not_found"


def test_a_holder_of_manage_grants_handle_and_not_manage(wire: Wire) -> None:
    unit, head = wire.units["A"], wire.phone("legal_rep")
    granted(wire, head, "newcomer", permission="manage")
    manager = wire.phone("newcomer")
    assert code_of(manager.grant(unit, **wire.person("passport"), permission="manage")) == "forbidden"
    handle = granted(wire, manager, "passport")
    path = f"/units/{unit}/authorizations"
    assert code_of(manager.send("PATCH", f"{path}/{handle}", permission="manage")) == "forbidden"
    other_manager = granted(wire, head, "single", permission="manage")
    assert code_of(manager.send("DELETE", f"{path}/{other_manager}")) == "forbidden"
    assert manager.send("DELETE", f"{path}/{handle}").status_code == 204
    client = wire.client("newcomer")
    client.verify(unit)
    assert "authorizations" in {entry["code"] for entry in client.menu().json()["functions"]}


def test_manage_is_over_when_its_own_authorization_is(wire: Wire) -> None:
    unit, head, manager = wire.units["A"], wire.phone("legal_rep"), wire.phone("newcomer")
    own = granted(wire, head, "newcomer", permission="manage")
    assert len(manager.authorizations(unit)) == 2
    head.send("DELETE", f"/units/{unit}/authorizations/{own}")
    assert code_of(manager.grant(unit, **wire.person("passport"))) == "forbidden"


def test_revoked_is_over_at_once_also_for_sessions_verified_through_it(wire: Wire) -> None:
    unit, head, authorized = wire.units["A"], wire.phone("legal_rep"), wire.client("authorized")
    assert authorized.verify(unit).status_code == 200
    found = head.authorizations(unit)[0]["authorization_id"]
    assert head.send("DELETE", f"/units/{unit}/authorizations/{found}").status_code == 204
    assert code_of(authorized.menu()) == "unit_verification_required"
    assert authorized.stage() == "logged_in"
    assert code_of(authorized.verify(unit)) == "declaration_password_required"
    assert authorized.get("/units").json() == {"units": []}
    granted(wire, head, "authorized")
    assert authorized.stage() == "logged_in", "a new authorization does not revive what the old one verified"
    assert authorized.verify(unit).status_code == 200


def test_a_formerly_authorized_person_verifies_by_password_and_is_bound(wire: Wire) -> None:
    unit, authorized = wire.units["A"], wire.client("authorized")
    own = wire.phone("authorized").get("/authorizations").json()["authorizations"][0]["authorization_id"]
    assert wire.phone("authorized").send("DELETE", f"/authorizations/{own}").status_code == 204
    assert authorized.verify(unit, RIGHT).json()["unit"]["via"] == ["binding"]


def test_only_the_authorized_person_can_give_an_authorization_up(wire: Wire) -> None:
    unit, client, phone = wire.units["A"], wire.client("authorized"), wire.phone("authorized")
    assert client.verify(unit).status_code == 200
    (own,) = phone.get("/authorizations").json()["authorizations"]
    path = f"/authorizations/{own['authorization_id']}"
    for stranger in ("legal_rep", "agent"):
        assert code_of(wire.phone(stranger).send("DELETE", path)) == "authorization_not_found"
        assert code_of(wire.phone(stranger).get(path)) == "authorization_not_found"
    assert phone.get(path).json() == own
    assert phone.send("DELETE", path).status_code == 204
    assert client.stage() == "logged_in"
    assert code_of(phone.send("DELETE", path)) == "authorization_not_found"


def test_a_binding_outlives_an_authorization(wire: Wire) -> None:
    unit, head = wire.units["A"], wire.phone("legal_rep")
    found = granted(wire, head, "single")
    bound = wire.client("single")
    assert bound.verify(unit).status_code == 200
    head.send("DELETE", f"/units/{unit}/authorizations/{found}")
    assert code_of(bound.menu()) == "unit_verification_required"
    assert bound.verify(unit, RIGHT).status_code == 200


def test_until_a_date_is_to_the_end_of_that_day_in_china(wire: Wire) -> None:
    unit, head = wire.units["A"], wire.phone("legal_rep")
    wire.set_clock(_ms(2026, 11, 30, 15, 0))  # 23:00 in China
    found = granted(wire, head, "newcomer", valid_until="2026-12-01")
    assert head.authorizations(unit)[1]["valid_until"] == "2026-12-01"
    client = wire.client("newcomer")
    assert client.verify(unit).status_code == 200
    wire.set_clock(_ms(2026, 12, 1, 15, 59))
    client = wire.client("newcomer")
    assert client.verify(unit).status_code == 200
    wire.move(minutes=2)
    assert code_of(client.menu()) == "unit_verification_required"
    assert code_of(client.verify(unit)) == "declaration_password_required"
    path = f"/units/{unit}/authorizations/{found}"
    assert code_of(head.send("PATCH", path, permission="manage")) == "authorization_not_found"
    granted(wire, head, "newcomer")
    assert client.verify(unit).status_code == 200


@pytest.mark.parametrize("day", ["9999-12-31", "2999-02-28"])
def test_an_authorization_may_last_until_9999(wire: Wire, day: str) -> None:
    head = wire.phone("legal_rep")
    granted(wire, head, "newcomer", valid_until=day)
    assert head.authorizations(wire.units["A"])[1]["valid_until"] == day
    assert wire.client("newcomer").verify(wire.units["A"]).status_code == 200


def test_a_day_that_is_over_or_that_there_is_not_is_refused(wire: Wire) -> None:
    head = wire.phone("legal_rep")
    for day in ("2020-01-01", "2027-02-30", "tomorrow", "2027-1-1"):
        refused = head.grant(wire.units["A"], **wire.person("newcomer"), valid_until=day)
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "valid_until"), refused.text


def test_a_change_takes_effect_at_once_and_leaves_the_rest_as_it_was(wire: Wire) -> None:
    unit, head = wire.units["A"], wire.phone("legal_rep")
    path = f"/units/{unit}/authorizations/{granted(wire, head, 'newcomer', valid_until='2099-01-01')}"
    changed = head.send("PATCH", path, permission="manage").json()
    assert (changed["permission"], changed["valid_until"]) == ("manage", "2099-01-01")
    assert wire.phone("newcomer").get(f"/units/{unit}/authorizations").status_code == 200
    changed = head.send("PATCH", path, valid_until=None).json()
    assert (changed["permission"], changed["valid_until"]) == ("manage", None)
    head.send("PATCH", path, permission="handle")
    assert code_of(wire.phone("newcomer").get(f"/units/{unit}/authorizations")) == "forbidden"


def test_a_person_is_authorized_once_at_a_unit_and_never_by_themselves(wire: Wire) -> None:
    head = wire.phone("legal_rep")
    granted(wire, head, "newcomer")
    assert code_of(head.grant(wire.units["A"], **wire.person("newcomer"))) == "authorization_exists"
    assert head.grant(wire.units["A"], **wire.person("legal_rep")).status_code == 422
    granted(wire, head, "newcomer", "B")


def test_a_unit_authorizes_at_most_20_people(tmp_path: Path) -> None:
    surnames = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕"
    people = [_account(number, f"{surname}明") for number, surname in enumerate(surnames)]
    number = "91110000600037341L"
    unit = {"alias": "X", "taxpayer_id": number, "name": "大公司", "declaration_password": RIGHT}
    seed = {
        "accounts": people,
        "units": [unit],
        "roles": [{"unit": "X", "account": people[0]["login_name"], "role": "legal_representative"}],
    }
    file = tmp_path / "many.json"
    file.write_text(json.dumps(seed), "utf-8")
    with LiveGateway(seed=str(file)) as gateway:
        wire = Wire(gateway)
        head = wire.phone(people[0]["login_name"])
        ids = [granted(wire, head, person["login_name"], "X") for person in people[1:21]]
        assert len(head.authorizations(number)) == 20
        full = head.grant(number, **wire.person(people[21]["login_name"]))
        assert (full.status_code, code_of(full)) == (409, "authorization_limit")
        head.send("DELETE", f"/units/{number}/authorizations/{ids[7]}")
        assert head.grant(number, **wire.person(people[21]["login_name"])).status_code == 201


def _account(number: int, name: str) -> dict[str, str]:
    return {
        "login_name": f"person_{number}",
        "password": PASSWORD,
        "phone": f"139000000{number:02d}",
        "name": name,
        "id_type": "passport",
        "id_number": f"P00000{number:02d}",
    }


def _ms(year: int, month: int, day: int, hour: int, minute: int) -> int:
    return round(datetime(year, month, day, hour, minute, tzinfo=UTC).timestamp() * 1000)
