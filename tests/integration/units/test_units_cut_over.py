"""The cut-over: before its date units log in by password, without authorizations; from then on, the reverse."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import requests

from scan_to_login.testing.live import LiveGateway
from tests.integration.units.conftest import RIGHT, WRONG, Caller, Wire, code_of, unknown_unit

# 2020-01-01 00:00 in China.
CUT_OVER_MS = round(datetime(2019, 12, 31, 16, 0, tzinfo=UTC).timestamp() * 1000)
MINUTE_MS = 60_000


def legacy(wire: Wire, unit: str, password: str, **more: object) -> requests.Response:
    return wire.post("/legacy-sessions", taxpayer_id=unit, declaration_password=password, **more)


def test_before_it_a_unit_logs_in_by_its_password_alone(wire: Wire) -> None:
    wire.set_clock(CUT_OVER_MS - 10 * MINUTE_MS)
    answer = legacy(wire, wire.units["A"], RIGHT)
    assert answer.status_code == 201, answer.text
    assert (answer.json()["account"], answer.json()["next"]) == (None, "none")
    client = Caller(wire, answer.json())
    session = client.get("/session").json()
    assert (session["account"], session["stage"], session["unit"]["via"]) == (None, "unit_verified", ["legacy"])
    assert client.menu().status_code == 200
    assert [unit["taxpayer_id"] for unit in client.get("/units").json()["units"]] == [wire.units["A"]]
    assert client.verify(wire.units["B"], RIGHT).status_code == 403
    assert client.bind(wire.units["B"], RIGHT).status_code == 403
    assert client.send("DELETE", "/session").status_code == 204
    assert client.menu().status_code == 401


@pytest.mark.slow  # a gateway with a setting of its own
def test_an_office_may_keep_the_old_login_beside_the_new_one(gateway_with: Callable[..., LiveGateway]) -> None:
    wire = Wire(gateway_with(environment={"PAIRING_LEGACY_LOGIN_UNTIL": "2020-07-01"}))
    wire.set_clock(CUT_OVER_MS + 24 * 60 * MINUTE_MS)
    assert legacy(wire, wire.units["A"], RIGHT).status_code == 201
    assert wire.client("authorized").verify(wire.units["A"]).status_code == 200
    wire.set_clock(CUT_OVER_MS + 200 * 24 * 60 * MINUTE_MS)
    assert code_of(legacy(wire, wire.units["A"], RIGHT)) == "legacy_login_closed"


def test_the_two_days_of_a_seed_are_shown_and_count_apart(wire: Wire) -> None:
    control = wire.gateway.control
    days = {"authorizations_from": "2090-01-01", "legacy_login_until": "2020-01-01"}
    control.replace_seed({**control.seed(), **days})
    exported = control.export_seed()
    assert {name: exported[name] for name in days} == days
    assert code_of(wire.phone("legal_rep").grant(wire.units["A"], **wire.person("newcomer"))) == "authorization_closed"
    assert code_of(legacy(wire, wire.units["A"], RIGHT)) == "legacy_login_closed"
    control.restore_seed()


def test_before_it_authorizations_are_neither_valid_nor_possible(wire: Wire) -> None:
    wire.set_clock(CUT_OVER_MS - 10 * MINUTE_MS)
    authorized = wire.client("authorized")
    assert authorized.answer["units"] == []
    assert code_of(authorized.verify(wire.units["A"])) == "declaration_password_required"
    head = wire.phone("legal_rep")
    assert code_of(head.grant(wire.units["A"], **wire.person("newcomer"))) == "authorization_closed"
    assert head.authorizations(wire.units["A"]) == []
    assert wire.phone("authorized").get("/authorizations").json() == {"authorizations": []}


def test_from_it_on_it_is_the_reverse_at_once(wire: Wire) -> None:
    wire.set_clock(CUT_OVER_MS - MINUTE_MS)
    client = Caller(wire, legacy(wire, wire.units["A"], RIGHT).json())
    authorized = wire.client("authorized")
    wire.move(minutes=2)
    closed = legacy(wire, wire.units["A"], RIGHT)
    assert (closed.status_code, code_of(closed)) == (403, "legacy_login_closed")
    assert client.menu().status_code == 401, "what was logged in that way is over too"
    assert authorized.verify(wire.units["A"]).status_code == 200
    assert wire.phone("legal_rep").grant(wire.units["A"], **wire.person("newcomer")).status_code == 201


def test_an_authorization_that_ran_is_off_when_the_clock_goes_back_before_it(wire: Wire) -> None:
    authorized = wire.client("authorized")
    assert authorized.verify(wire.units["A"]).status_code == 200
    wire.set_clock(CUT_OVER_MS - MINUTE_MS)
    assert wire.client("authorized").answer["units"] == []


def test_such_a_login_counts_wrong_passwords_like_any_other(wire: Wire) -> None:
    wire.set_clock(CUT_OVER_MS - 100 * MINUTE_MS)
    unit, unknown = wire.units["A"], unknown_unit()
    assert legacy(wire, unit, WRONG).json() == legacy(wire, unknown, WRONG).json()
    assert code_of(legacy(wire, unit, RIGHT)) == "captcha_required"
    for _ in range(4):
        assert code_of(legacy(wire, unit, WRONG, captcha=wire.captcha(unit))) == "unit_credentials_invalid"
    assert code_of(legacy(wire, unit, RIGHT, captcha=wire.captcha(unit))) == "unit_locked"


def test_a_date_that_is_past_stays_past(gateway_with: Callable[..., LiveGateway]) -> None:
    wire = Wire(gateway_with(environment={"PAIRING_CUT_OVER_DATE": "2010-01-01"}))
    wire.set_clock(CUT_OVER_MS - MINUTE_MS)
    assert code_of(legacy(wire, wire.units["A"], RIGHT)) == "legacy_login_closed"
    assert wire.client("authorized").verify(wire.units["A"]).status_code == 200


def test_the_setting_goes_before_the_seeds_date(gateway_with: Callable[..., LiveGateway]) -> None:
    wire = Wire(gateway_with(environment={"PAIRING_CUT_OVER_DATE": "2099-01-01"}))
    assert legacy(wire, wire.units["A"], RIGHT).status_code == 201
    assert wire.client("authorized").answer["units"] == []
