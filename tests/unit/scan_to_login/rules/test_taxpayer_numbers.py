"""What a taxpayer number must look like."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scan_to_login.field_rules import FieldRule, RuleBroken
from scan_to_login.messages import LANGUAGES, sentence
from scan_to_login.rules.taxpayer_numbers import (
    checked_taxpayer_id,
    credit_code_check_character,
    organization_check_digit,
    taxpayer_id_or_empty,
)
from tests.unit.scan_to_login.rules.refusals import refusal


@pytest.mark.parametrize(
    "number",
    [
        "91110000600037341L",
        "91110108MA01A0B1CY",
        "110101600037341",
        "N2110101MF01C2E49C",  # a village collective: registering authority N (hutool#2020: 123456789ANY since 2016)
        "Y1110000MF01C2E49K",
        "A1110000MF01C2E498",
        "92141127MA0KD1Y64A",  # regexp-example#23: in the national registry, refused by a stricter pattern
        "12440600MB2C07549J",  # generator#2
        "362322198709086409",  # hutool#1367: an ID number that is right as a credit code too
        "91110101MA01A21170",  # the check character 0: cn-validator#2
        "430407199312020025",  # hutool#2020: a right ID number may be a right credit code
        "11010119900101001501",  # 20: an individual business before 2015 (any-rule#110)
        "11010519491231002X01",
        "110101491231002",  # an owner's ID number of 15 digits
    ],
)
def test_right_numbers_of_every_length_are_kept(number: str) -> None:
    assert checked_taxpayer_id(number) == number


@pytest.mark.parametrize(
    "typed",
    [
        "91110000600037341l",
        " 9111 0000 6000 3734 1L ",
        "91110000-60003734-1L",
        "９１１１００００６０００３７３４１Ｌ",
        "\ufeff91110000600037341L\u200b",
        "91110000 60003734-1 l",
        "9111 0000\u00a06000 3734\u30001L",
        "\u3164９１１１００００６０００３７３４１ｌ",  # woocommerce#68164, findadoc-web#1762
        "91110000600037341L\x00",
        "（91110000）600037341L",
    ],
)
def test_how_it_was_typed_does_not_matter(typed: str) -> None:
    assert checked_taxpayer_id(typed) == "91110000600037341L"


@pytest.mark.parametrize(
    ("number", "rule"),
    [
        ("", FieldRule.TAXPAYER_ID_LENGTH),
        ("9", FieldRule.TAXPAYER_ID_LENGTH),
        ("9111000060003734", FieldRule.TAXPAYER_ID_LENGTH),
        ("9111000060003734I1L", FieldRule.TAXPAYER_ID_LENGTH),
        ("91110000600037341O", FieldRule.CREDIT_CODE_FORM),
        ("9I110000600037341L", FieldRule.CREDIT_CODE_FORM),
        ("9111000A600037341L", FieldRule.CREDIT_CODE_FORM),
        ("91110000600037341X", FieldRule.CREDIT_CODE_CHECK_DIGIT),
        ("111111111111111111", FieldRule.CREDIT_CODE_CHECK_DIGIT),  # any-rule#331
        ("911100001234567890", FieldRule.CREDIT_CODE_CHECK_DIGIT),
        ("TEST-UNIT-0001", FieldRule.TAXPAYER_ID_LENGTH),
        ("91350203M0001FUE2P", FieldRule.CREDIT_CODE_CHECK_DIGIT),  # hutool#2020: the last should be J
        ("9111000060003734IL", FieldRule.CREDIT_CODE_FORM),  # generator#3: I, O, S, V and Z are left out
        ("010101600037341", FieldRule.ORGANIZATION_CODE_FORM),
        ("91010160003734X", FieldRule.ORGANIZATION_CODE_FORM),
        ("11010160003734A", FieldRule.ORGANIZATION_CODE_FORM),
        ("110101600037342", FieldRule.ORGANIZATION_CODE_CHECK_DIGIT),
        ("11010119901301001501", FieldRule.INDIVIDUAL_BUSINESS_FORM),
        ("110101199001010015AB", FieldRule.INDIVIDUAL_BUSINESS_FORM),
        ("11010119900101001601", FieldRule.INDIVIDUAL_BUSINESS_CHECK_DIGIT),
        # an owner's ID number of 15 digits has a date: not this one, so it is read as an organization code
        ("110101491331002", FieldRule.ORGANIZATION_CODE_CHECK_DIGIT),
        ("110101490229001", FieldRule.ORGANIZATION_CODE_CHECK_DIGIT),
        ("110101491231A0X", FieldRule.ORGANIZATION_CODE_CHECK_DIGIT),
        ("1101016000373411101X", FieldRule.INDIVIDUAL_BUSINESS_FORM),
        ("91010119900101001501", FieldRule.INDIVIDUAL_BUSINESS_FORM),
        ("11010119900132001501", FieldRule.INDIVIDUAL_BUSINESS_FORM),
    ],
)
def test_a_wrong_form_and_a_wrong_check_digit_are_two_sentences(number: str, rule: FieldRule) -> None:
    assert refusal(checked_taxpayer_id, number) == ("taxpayer_id", rule, {})
    assert taxpayer_id_or_empty(number) == ""
    assert len({sentence(language, f"field.{rule}") for language in LANGUAGES}) == len(LANGUAGES)


@given(st.text(alphabet="0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=9, max_size=9), st.sampled_from("159ANY"))
def test_every_registering_authority_and_letter_of_the_standard_is_right(code: str, authority: str) -> None:
    first = f"{authority}1110000{code}"
    number = first + credit_code_check_character(first)
    assert checked_taxpayer_id(number) == number
    assert taxpayer_id_or_empty(number.lower()) == number


@pytest.mark.parametrize(
    ("code", "digit"), [("60003734", "1"), ("79965505", "8"), ("D2143569", "X"), ("00000000", "0")]
)
def test_the_organization_codes_check_digit(code: str, digit: str) -> None:
    # The third is the example of GB 11714 itself; the second lies within a unified code.
    assert organization_check_digit(code) == digit


def test_a_check_character_is_of_all_places_before_it() -> None:
    for check, places in ((credit_code_check_character, "0" * 16), (organization_check_digit, "0" * 7)):
        with pytest.raises(ValueError, match="longer"):
            check(places)


@given(st.text(max_size=40))
def test_any_text_is_kept_in_one_form_or_refused(text: str) -> None:
    try:
        number = checked_taxpayer_id(text)
    except RuleBroken:
        return
    assert checked_taxpayer_id(number) == number
    assert len(number) in (15, 18, 20)
