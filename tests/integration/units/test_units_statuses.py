"""Units that are abnormal (非正常户) or deregistered (注销), and units with an older number of 15 characters."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from scan_to_login.testing.live import LiveGateway
from tests.integration.units.conftest import PASSWORD, RIGHT, WRONG, Wire, code_of

NUMBERS = {"normal": "110101600037341", "abnormal": "91110000600037341L", "deregistered": "91110108MA01A0B1CY"}


@pytest.fixture
def world(gateway_with: Callable[..., LiveGateway], tmp_path_factory: pytest.TempPathFactory) -> Wire:
    head, helper = _account("head", "01", "李卫国"), _account("helper", "02", "刘洋")
    units = [
        {
            "alias": status,
            "taxpayer_id": number,
            "name": status,
            "declaration_password": RIGHT,
            "status": status,
        }
        for status, number in NUMBERS.items()
    ]
    seed = {
        "accounts": [head, helper],
        "units": units,
        "roles": [{"unit": status, "account": "head", "role": "legal_representative"} for status in NUMBERS],
        "bindings": [{"unit": status, "account": "head"} for status in NUMBERS],
        "authorizations": [
            {"unit": status, "account": "helper", "permission": "handle", "granted_by": "head"} for status in NUMBERS
        ],
    }
    file = tmp_path_factory.getbasetemp() / "statuses.json"
    file.write_text(json.dumps(seed), "utf-8")
    return Wire(gateway_with(seed=str(file)))


def _account(name: str, number: str, full_name: str) -> dict[str, str]:
    return {
        "login_name": name,
        "password": PASSWORD,
        "phone": f"139000000{number}",
        "name": full_name,
        "id_type": "passport",
        "id_number": f"P00000{number}",
    }


@pytest.mark.parametrize("status", ["abnormal", "deregistered"])
def test_it_refuses_verification_with_its_own_code(world: Wire, status: str) -> None:
    unit = world.units[status]
    refused = world.client("head").verify(unit, RIGHT)
    assert (refused.status_code, code_of(refused)) == (403, f"unit_{status}")
    assert code_of(world.client("helper").verify(unit)) == f"unit_{status}", "an authorization does not help"


@pytest.mark.parametrize("status", ["abnormal", "deregistered"])
def test_binding_reports_the_reason_only_with_the_right_password(world: Wire, status: str) -> None:
    unit = world.units[status]
    assert code_of(world.client("helper").bind(unit, WRONG)) == "unit_credentials_invalid"
    assert code_of(world.client("helper").bind(unit, RIGHT, captcha=True)) == f"unit_{status}"


@pytest.mark.parametrize("status", ["abnormal", "deregistered"])
def test_no_new_authorization_is_possible_there_but_a_revocation_is(world: Wire, status: str) -> None:
    unit, head = world.units[status], world.phone("head")
    (own,) = head.authorizations(unit)
    path = f"/units/{unit}/authorizations/{own['authorization_id']}"
    assert code_of(head.send("PATCH", path, permission="manage")) == f"unit_{status}"
    assert head.send("DELETE", path).status_code == 204


def test_the_list_shows_each_units_status(world: Wire) -> None:
    units = {unit["taxpayer_id"]: unit["status"] for unit in world.client("head").answer["units"]}
    assert units == {number: status for status, number in NUMBERS.items()}


def test_an_older_number_of_15_characters_does_like_any_other(world: Wire) -> None:
    head = world.client("head")
    assert head.verify(world.units["normal"], RIGHT).status_code == 200
    assert head.bind(world.units["normal"], RIGHT).status_code == 201
    assert head.bind("110101600037342", RIGHT).status_code == 422
