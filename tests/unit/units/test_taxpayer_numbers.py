"""What a taxpayer number must look like."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.foundation.errors import RuleBroken
from gateway.units.taxpayer_numbers import checked_taxpayer_id, organization_check_digit
from scan_to_login.field_rules import FieldRule


@pytest.mark.parametrize("number", ["91110000600037341L", "91110108MA01A0B1CY", "110101600037341"])
def test_right_numbers_of_both_lengths_are_kept(number: str) -> None:
    assert checked_taxpayer_id(number) == number


@pytest.mark.parametrize("typed", ["91110000600037341l", " 9111 0000 6000 3734 1L ", "91110000-60003734-1L"])
def test_how_it_was_typed_does_not_matter(typed: str) -> None:
    assert checked_taxpayer_id(typed) == "91110000600037341L"


@pytest.mark.parametrize(
    "number",
    [
        "",
        "9",
        "91110000600037341X",  # check digit
        "9111000060003734L",  # 16
        "9111000060003734I1L",  # 19, and a letter that GB 32100 leaves out
        "110101600037342",  # check digit of the organization code
        "010101600037341",  # no such region
        "1101016000373411101X",  # 20: a person's, not a unit's
        "９１１１００００６０００３７３４１Ｌ",
    ],
)
def test_wrong_numbers_are_refused_with_a_rule(number: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        checked_taxpayer_id(number)
    assert refused.value.rule in {
        FieldRule.TAXPAYER_ID_LENGTH,
        FieldRule.CREDIT_CODE_CHECK_DIGIT,
        FieldRule.ORGANIZATION_CODE_CHECK_DIGIT,
    }


@pytest.mark.parametrize(("code", "digit"), [("60003734", "1"), ("79965505", "8"), ("D2143569", "X")])
def test_the_organization_codes_check_digit(code: str, digit: str) -> None:
    # The last is the example of GB 11714 itself; the second lies within a unified code.
    assert organization_check_digit(code) == digit


@given(st.text(max_size=40))
def test_any_text_is_kept_in_one_form_or_refused(text: str) -> None:
    try:
        number = checked_taxpayer_id(text)
    except RuleBroken:
        return
    assert checked_taxpayer_id(number) == number
    assert len(number) in (15, 18)
