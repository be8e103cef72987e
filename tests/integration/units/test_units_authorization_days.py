"""Authorizations begin on a day, today unless said, and last for ever or until another; managing needs an SMS."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from tests.integration.units.conftest import Wire, code_of
from tests.integration.units.test_units_authorizations import granted


def at(year: int, month: int, day: int) -> int:
    """One second after the day has begun in China, in milliseconds."""
    return round(datetime(year, month, day, 0, 0, 1, tzinfo=timezone(timedelta(hours=8))).timestamp() * 1000)


def test_an_authorization_begins_today_unless_another_day_is_said(wire: Wire) -> None:
    wire.set_clock(at(2026, 12, 1))
    head, unit = wire.phone("legal_rep"), wire.units["A"]
    later = head.grant(unit, **wire.person("newcomer"), valid_from="2026-12-03", valid_until="2026-12-04")
    shown = later.json()
    assert (shown["valid_from"], shown["valid_until"], shown["in_force"]) == ("2026-12-03", "2026-12-04", False)
    assert wire.client("newcomer").answer["units"] == []
    assert wire.phone("newcomer").get("/authorizations").json()["authorizations"][0]["valid_from"] == "2026-12-03"
    wire.set_clock(at(2026, 12, 3))
    assert wire.client("newcomer").verify(unit).status_code == 200
    wire.set_clock(at(2026, 12, 5))
    assert code_of(wire.client("newcomer").verify(unit)) == "declaration_password_required"
    assert head.grant(unit, **wire.person("newcomer")).json()["valid_from"] == "2026-12-05"


@pytest.mark.parametrize(
    ("days", "rule"),
    [
        ({"valid_from": "2026-11-30"}, "day_past"),
        ({"valid_from": "2026-12-05", "valid_until": "2026-12-04"}, "day_order"),
        ({"valid_from": "2026-02-30"}, "day_unknown"),
    ],
)
def test_days_that_cannot_be_are_refused(wire: Wire, days: dict[str, str], rule: str) -> None:
    wire.set_clock(at(2026, 12, 1))
    refused = wire.phone("legal_rep").grant(wire.units["A"], **wire.person("newcomer"), **days)
    assert (refused.status_code, refused.json()["errors"][0]["rule"]) == (422, rule)


def test_the_first_day_may_change_too(wire: Wire) -> None:
    head, newcomer, unit = wire.phone("legal_rep"), wire.client("newcomer"), wire.units["A"]
    path = f"/units/{unit}/authorizations/{granted(wire, head, 'newcomer')}"
    assert newcomer.verify(unit).status_code == 200
    assert head.send("PATCH", path, valid_from="2099-01-01").json()["in_force"] is False
    assert newcomer.verify(unit).status_code != 200
    assert head.send("PATCH", path, permission="handle", valid_from=None).json()["in_force"] is True
    assert newcomer.verify(unit).status_code == 200
    refused = head.send("PATCH", path, valid_from="2099-01-02", valid_until="2099-01-01")
    assert refused.json()["errors"][0]["rule"] == "day_order"


def test_the_people_of_a_unit_are_listed_by_pinyin(wire: Wire) -> None:
    head, unit = wire.phone("legal_rep"), wire.units["A"]
    by_pinyin = ["passport", "single", "authorized", "newcomer"]  # John Smith, Chén, Liú, Zhào
    for login in ("newcomer", "single", "passport"):
        granted(wire, head, login)
    listed = head.get(f"/units/{unit}/authorizations").json()["authorizations"]
    phones = {wire.person(login)["phone"][-4:]: login for login in by_pinyin}
    assert [phones[one["person"]["phone"][-4:]] for one in listed] == by_pinyin


def test_on_the_web_platform_granting_to_manage_needs_a_code_by_sms(wire: Wire) -> None:
    web, unit, person = wire.web("legal_rep"), wire.units["A"], wire.person("newcomer")
    refused = web.grant(unit, **person, permission="manage")
    assert (refused.status_code, refused.json()["errors"][0]["rule"]) == (422, "sms_code_needed")
    made = web.grant(unit, **person)
    assert made.status_code == 201, "handle needs none"
    path = f"/units/{unit}/authorizations/{made.json()['authorization_id']}"
    assert web.send("PATCH", path, permission="manage").json()["errors"][0]["rule"] == "sms_code_needed"
    assert web.sms(unit, "authorization").status_code == 202
    assert web.send("PATCH", path, permission="manage", sms_code="000000").status_code == 403
    code = wire.sms("13800000001")
    assert web.send("PATCH", path, permission="manage", sms_code=code).json()["permission"] == "manage"
    assert wire.phone("legal_rep").grant(unit, **wire.person("single"), permission="manage").status_code == 201
