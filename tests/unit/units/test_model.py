"""The rules about units, without a database."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.units.menu import menu_of
from gateway.units.model import (
    STATUS_CODES,
    UnitAccess,
    Verified,
    end_of_day,
    first_day,
    last_day,
    next_step,
    start_of_day,
)
from scan_to_login.protocol import Code, NextStep, Permission, UnitStatus

UNIT = UnitAccess("91110000600037341L", "公司", "normal")


def access(**more: object) -> UnitAccess:
    return UnitAccess(UNIT.taxpayer_id, UNIT.name, **({"status": "normal"} | more))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("unit", "grants"),
    [
        (access(roles=("legal_representative",)), {"handle", "manage"}),
        (access(roles=("finance_manager", "tax_agent")), {"handle", "manage"}),
        (access(roles=("tax_agent",), via=("binding",)), set()),
        (access(via=("authorization",), permission="handle"), set()),
        (access(via=("authorization",), permission="manage"), {"handle"}),
        (access(roles=("legal_representative",), permission="handle"), {"handle", "manage"}),
    ],
)
def test_the_permissions_that_each_role_may_grant(unit: UnitAccess, grants: set[str]) -> None:
    assert unit.may_grant == {Permission(permission) for permission in grants}


def test_a_person_without_a_unit_binds_one_first() -> None:
    assert next_step([]) is NextStep.BIND_UNIT
    assert next_step([UNIT]) is NextStep.VERIFY_UNIT


def test_an_authorization_takes_the_place_of_the_password_also_where_there_is_a_binding() -> None:
    assert access(via=("binding",)).password_required
    assert not access(via=("binding", "authorization")).password_required


@pytest.mark.parametrize(
    ("unit", "stands"),
    [
        (access(via=("authorization",), authorization_id="one"), True),
        (access(via=("authorization",), authorization_id="another"), False),
        (access(via=("binding",)), False),
        (access(via=("authorization",), authorization_id="one", status="abnormal"), False),
        (None, False),
    ],
)
def test_a_verification_by_authorization_lasts_as_long_as_the_authorization(unit: UnitAccess, stands: bool) -> None:
    assert Verified(UNIT.taxpayer_id, "authorization", "one", 1).stands(unit) is stands


def test_the_menu_grows_with_the_role() -> None:
    daily, manager, head = (
        {function.code for function in menu_of(unit)}
        for unit in (access(), access(permission="manage"), access(roles=("finance_manager",)))
    )
    assert daily < manager < head


@given(st.dates(max_value=date(9999, 12, 30)))
def test_a_day_in_china_ends_where_the_next_begins(day: date) -> None:
    begins = datetime(day.year, day.month, day.day, tzinfo=timezone(timedelta(hours=8))) + timedelta(days=1)
    assert end_of_day(day) == (begins - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
    assert last_day(end_of_day(day)) == day.isoformat()


@pytest.mark.parametrize("day", [date.min, date.max])
def test_the_calendars_first_and_last_day_end_too(day: date) -> None:
    assert last_day(end_of_day(day)) == day.isoformat()


def test_a_day_ends_when_the_next_begins_in_beijing() -> None:
    assert end_of_day(date(2019, 12, 31)) == datetime.fromisoformat("2020-01-01T00:00:00+08:00").timestamp() * 1000


def test_for_ever_has_no_last_day() -> None:
    assert last_day(None) is None


@pytest.mark.parametrize(
    ("unit", "head", "listed", "password"),
    [
        (access(), False, False, True),
        (access(roles=("tax_agent",)), False, False, True),
        (access(roles=("legal_representative",)), True, True, True),
        (access(roles=("tax_agent", "finance_manager"), via=("role",)), True, True, False),
        (access(via=("binding",)), False, True, True),
        (access(via=("authorization",)), False, True, False),
    ],
)
def test_heads_and_those_who_may_act_are_listed_and_a_role_or_an_authorization_spares_the_password(
    unit: UnitAccess, head: bool, listed: bool, password: bool
) -> None:
    assert (unit.is_head, unit.listed, unit.password_required) == (head, listed, password)


@pytest.mark.parametrize(
    ("unit", "stands"),
    [
        (access(via=("binding",), authorization_id="another"), True),
        (access(via=("binding", "authorization")), True),
        (access(via=("role",)), False),
        (access(via=("binding",), status="deregistered"), False),
        (UnitAccess("another", UNIT.name, "normal", via=("binding",)), False),
        (None, False),
    ],
)
def test_a_verification_by_binding_lasts_as_long_as_the_binding(unit: UnitAccess | None, stands: bool) -> None:
    assert Verified(UNIT.taxpayer_id, "binding", "", 1).stands(unit) is stands


def test_each_status_that_is_not_normal_has_its_code() -> None:
    assert STATUS_CODES == {
        UnitStatus.ABNORMAL: Code.UNIT_ABNORMAL,
        UnitStatus.DEREGISTERED: Code.UNIT_DEREGISTERED,
    }


@given(st.dates(min_value=date(1970, 1, 3), max_value=date(9999, 12, 30)))
def test_a_day_in_china_begins_where_the_day_before_ends(day: date) -> None:
    assert start_of_day(day) == end_of_day(day - timedelta(days=1))
    for moment in (start_of_day(day), end_of_day(day) - 1):
        assert first_day(moment) == day.isoformat()


def test_an_authorization_that_was_always_in_force_has_no_first_day() -> None:
    assert first_day(0) is None
