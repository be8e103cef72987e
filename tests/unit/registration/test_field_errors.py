"""One refusal names the errors of all fields of a request."""

from __future__ import annotations

from datetime import date

import pytest

from gateway.foundation.errors import Refusal
from gateway.registration.field_errors import FieldErrors, checked_holder
from gateway.registration.store import Holder
from scan_to_login.field_rules import FieldRule
from scan_to_login.protocol import Code
from scan_to_login.rules.people import checked_name, checked_phone

TODAY = date(2026, 11, 23)
PHONE_FORM = {"field": "phone", "rule": "phone_form", "values": {}}
NAME_LENGTH = {"field": "name", "rule": "name_length", "values": {"min": 1, "max": 50}}


def refused(errors: FieldErrors) -> Refusal:
    with pytest.raises(Refusal) as told:
        errors.done()
    return told.value


def test_fields_that_break_no_rule_come_back_in_stored_form_and_are_not_refused() -> None:
    errors = FieldErrors()
    assert errors.run(checked_phone, "+86 138 0000 0001") == "13800000001"
    errors.done()


def test_every_broken_rule_is_named_in_order_with_its_values() -> None:
    errors = FieldErrors()
    errors.run(checked_phone, "110")
    errors.run(checked_name, "")
    errors.add("household_division", FieldRule.DIVISION_UNKNOWN)
    errors.add("name", FieldRule.NAME_CHARACTER, character="U+0033")
    refusal = refused(errors)
    assert refusal.code is Code.INVALID_REQUEST
    assert refusal.extra == {
        "errors": [
            PHONE_FORM,
            NAME_LENGTH,
            {"field": "household_division", "rule": "division_unknown", "values": {}},
            {"field": "name", "rule": "name_character", "values": {"character": "U+0033"}},
        ]
    }


def test_an_error_is_named_by_the_requests_own_field_where_it_has_another() -> None:
    errors = FieldErrors()
    errors.run(checked_phone, "110", field="new_phone")
    assert refused(errors).extra == {"errors": [{**PHONE_FORM, "field": "new_phone"}]}


def test_a_person_is_checked_and_stored() -> None:
    holder = checked_holder(" 张三 ", "resident_id", "11010519491231002x", TODAY)
    assert holder == Holder("张三", "resident_id", "11010519491231002X")
    assert type(holder.id_type) is str


def test_name_and_document_are_refused_at_once() -> None:
    with pytest.raises(Refusal) as told:
        checked_holder("", "passport", "ABC", TODAY)
    assert told.value.extra["errors"] == [
        NAME_LENGTH,
        {"field": "id_number", "rule": "passport_form", "values": {}},
    ]


def test_a_birth_date_is_compared_with_the_gateways_date() -> None:
    with pytest.raises(Refusal) as told:
        checked_holder("张三", "resident_id", "11010519491231002X", date(1949, 12, 30))
    assert [error["rule"] for error in told.value.extra["errors"]] == ["id_number_age"]
