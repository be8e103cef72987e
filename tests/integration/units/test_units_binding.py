"""The first time: taxpayer number and declaration password together bind, and tell nothing of each other."""

from __future__ import annotations

import statistics

import pytest

from tests.integration.machine import cpu_seconds
from tests.integration.units.conftest import RIGHT, WRONG, Wire, code_of, unknown_unit


def test_a_person_without_units_can_only_bind_one(wire: Wire) -> None:
    newcomer = wire.client("newcomer")
    assert newcomer.answer["next"] == "bind_unit"
    assert newcomer.answer["units"] == []
    assert newcomer.get("/units").json() == {"units": []}
    assert (newcomer.menu().status_code, code_of(newcomer.menu())) == (403, "unit_verification_required")
    assert newcomer.stage() == "logged_in"


def test_the_right_pair_binds_and_verifies_at_once(wire: Wire) -> None:
    newcomer = wire.client("newcomer")
    answer = newcomer.bind(wire.units["C"], RIGHT)
    assert answer.status_code == 201, answer.text
    assert answer.json()["stage"] == "unit_verified"
    assert answer.json()["unit"]["via"] == ["binding"]
    assert newcomer.menu().status_code == 200
    again = wire.client("newcomer")
    assert again.answer["next"] == "verify_unit"
    assert [unit["taxpayer_id"] for unit in again.answer["units"]] == [wire.units["C"]]
    assert again.answer["units"][0]["password_required"] is True


def test_a_wrong_pair_shows_neither_the_wrong_part_nor_whether_the_unit_exists(wire: Wire) -> None:
    newcomer = wire.client("newcomer")
    known, unknown = newcomer.bind(wire.units["C"], WRONG), newcomer.bind(unknown_unit(), RIGHT)
    assert known.status_code == unknown.status_code == 403
    assert known.json() == unknown.json()
    assert code_of(known) == "unit_credentials_invalid"


def test_the_answer_costs_as_much_for_a_unit_that_there_is_not(wire: Wire) -> None:
    newcomer = wire.client("newcomer")

    def cost(units: list[str]) -> float:
        taken = []
        for unit in units:
            before = cpu_seconds(wire.gateway.pid)
            assert newcomer.bind(unit, WRONG).status_code == 403
            taken.append(cpu_seconds(wire.gateway.pid) - before)
        return statistics.median(taken)

    known = cost([wire.units["A"], wire.units["B"], wire.units["C"]])
    unknown = cost([unknown_unit() for _ in range(3)])
    assert 0.5 < unknown / known < 2


def test_an_unknown_unit_asks_for_captchas_and_locks_like_any_other(wire: Wire) -> None:
    newcomer, unit = wire.client("newcomer"), unknown_unit()
    assert code_of(newcomer.bind(unit, WRONG)) == "unit_credentials_invalid"
    assert code_of(newcomer.bind(unit, WRONG)) == "captcha_required"
    for _ in range(4):
        assert code_of(newcomer.bind(unit, WRONG, captcha=True)) == "unit_credentials_invalid"
    locked = newcomer.bind(unit, WRONG, captcha=True)
    assert (locked.status_code, code_of(locked)) == (423, "unit_locked")
    assert 7100 < locked.json()["retry_after"] <= 7200
    assert int(locked.headers["Retry-After"]) == locked.json()["retry_after"]


def test_wrong_pairs_count_for_the_unit_and_so_against_those_who_are_bound_to_it(wire: Wire) -> None:
    newcomer, single = wire.client("newcomer"), wire.client("single")
    for attempt in range(5):
        newcomer.bind(wire.units["A"], WRONG, captcha=attempt > 0)
    assert code_of(single.verify(wire.units["A"], RIGHT, captcha=True)) == "unit_locked"


def test_binding_again_changes_nothing_and_verifies(wire: Wire) -> None:
    single = wire.client("single")
    assert single.bind(wire.units["A"], RIGHT).status_code == 201
    assert single.stage() == "unit_verified"
    assert len(single.get("/units").json()["units"]) == 1


def test_a_wrong_pair_binds_no_account(wire: Wire) -> None:
    newcomer = wire.client("newcomer")
    newcomer.bind(wire.units["C"], WRONG)
    assert newcomer.get("/units").json() == {"units": []}
    assert newcomer.stage() == "logged_in"


@pytest.mark.parametrize("number", ["91440300MA5F8G9H3X", "440300", "91440300MA5F8G9H3", "a" * 18, "４" * 18])
def test_an_invalid_taxpayer_number_is_refused_by_its_form_alone(wire: Wire, number: str) -> None:
    refused = wire.client("newcomer").bind(number, RIGHT)
    assert (refused.status_code, code_of(refused)) == (422, "invalid_request")
    assert [error["field"] for error in refused.json()["errors"]] == ["taxpayer_id"]


def test_a_number_may_be_typed_in_small_letters_and_with_spaces(wire: Wire) -> None:
    typed = f" {wire.units['C'].lower()[:8]} {wire.units['C'].lower()[8:]} "
    assert wire.client("newcomer").bind(typed, RIGHT).status_code == 201


def test_units_are_for_clients_and_not_for_phones(wire: Wire) -> None:
    phone = wire.phone("newcomer")
    assert phone.bind(wire.units["C"], RIGHT).status_code == 403
    assert phone.verify(wire.units["C"], RIGHT).status_code == 403
    assert phone.menu().status_code == 403
