"""Login names and passwords to the letter of the manual."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scan_to_login.field_rules import FieldRule, RuleBroken
from scan_to_login.rules.credentials import checked_login_name, checked_password
from scan_to_login.rules.identifiers import spelling_of
from tests.unit.scan_to_login.rules.refusals import refusal


@pytest.mark.parametrize("name", ["ab", "legal_rep", "张三", "张三_01", "_1", "A" * 16, "𠮷" * 16, "1a", "中" * 2])
def test_a_login_name_of_letters_digits_chinese_and_underscore_is_accepted(name: str) -> None:
    checked_login_name(name)


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("", FieldRule.LOGIN_NAME_LENGTH),
        ("a", FieldRule.LOGIN_NAME_LENGTH),
        ("a" * 17, FieldRule.LOGIN_NAME_LENGTH),
        ("12", FieldRule.LOGIN_NAME_DIGITS_ALONE),
        ("13800000001", FieldRule.LOGIN_NAME_DIGITS_ALONE),
        ("a b", FieldRule.LOGIN_NAME_CHARACTERS),
        ("a-b", FieldRule.LOGIN_NAME_CHARACTERS),
        ("a@b", FieldRule.LOGIN_NAME_CHARACTERS),
        ("áb", FieldRule.LOGIN_NAME_CHARACTERS),
        ("１２", FieldRule.LOGIN_NAME_DIGITS_ALONE),
        ("かな", FieldRule.LOGIN_NAME_CHARACTERS),
        ("a\nb", FieldRule.LOGIN_NAME_CHARACTERS),
    ],
)
def test_a_refused_login_name_names_field_rule_and_bounds(name: str, rule: FieldRule) -> None:
    values = {"min": 2, "max": 16} if rule is FieldRule.LOGIN_NAME_LENGTH else {}
    assert refusal(checked_login_name, name) == ("login_name", rule, values)
    assert refusal(checked_login_name, name, "new_login_name") == ("new_login_name", rule, values)


@pytest.mark.parametrize(
    "password", ["Demo-2019", "Abcdefg1", "abcdefg1!", "ABCDEFG1!", "Abcdefg!", "A1!aaaaaaaaaaaa", "Aa1aaaa密"]
)
def test_a_password_of_8_to_15_with_three_classes_is_accepted(password: str) -> None:
    checked_password(password)


@pytest.mark.parametrize(
    ("password", "rule"),
    [
        ("Demo-20", FieldRule.PASSWORD_LENGTH),
        ("Demo-2019-2019-2", FieldRule.PASSWORD_LENGTH),
        ("abcdefgh", FieldRule.PASSWORD_CLASSES),
        ("abcdefg1", FieldRule.PASSWORD_CLASSES),
        ("ABCDEFG1", FieldRule.PASSWORD_CLASSES),
        ("12345678!", FieldRule.PASSWORD_CLASSES),
        ("abcdefgé1", FieldRule.PASSWORD_CLASSES),
        ("Demo 2019", FieldRule.PASSWORD_WHITE_SPACE),
        ("Demo\u30002019", FieldRule.PASSWORD_WHITE_SPACE),
        ("Demo\t2019", FieldRule.PASSWORD_WHITE_SPACE),
        ("Demo\u200b2019", FieldRule.PASSWORD_WHITE_SPACE),
        ("Demo\ud8002019", FieldRule.PASSWORD_WHITE_SPACE),  # half of a surrogate pair
    ],
)
def test_a_refused_password_names_field_rule_and_bounds_and_not_itself(password: str, rule: FieldRule) -> None:
    values = {"min": 8, "max": 15} if rule is FieldRule.PASSWORD_LENGTH else {}
    assert refusal(checked_password, password) == ("password", rule, values)
    assert refusal(checked_password, password, "new_password") == ("new_password", rule, values)


@pytest.mark.parametrize(("typed", "stored"), [("ａｂ", "ab"), ("Agent\u200b ", "Agent"), ("﨑", "﨑"), ("ab\n", "ab")])
def test_a_login_name_is_stored_as_a_login_compares_it(typed: str, stored: str) -> None:
    padded = typed + "_1" if len(stored) < 2 else typed
    name = checked_login_name(padded)
    assert name == (stored + "_1" if len(stored) < 2 else stored)
    assert spelling_of(padded).text == name


@pytest.mark.parametrize("same", [("Café-2019", "Cafe\u0301-2019"), ("Aa1\u1100\u1161aaaa", "Aa1가aaaa")])
def test_a_password_composed_in_another_way_is_the_same(same: tuple[str, str]) -> None:
    # yuvomi#608: Firefox on macOS sends NFD where Safari sends NFC; synapse#3306, mattermost#37938.
    assert checked_password(same[0]) == checked_password(same[1])


@given(st.text(max_size=20))
def test_any_text_is_accepted_or_refused_by_a_rule(text: str) -> None:
    for check in (checked_login_name, checked_password):
        with suppress(RuleBroken):
            check(text)


@pytest.mark.parametrize("password", ["AAAAaaa0", "ZZZZzzz9", "AAAA000!", "zzzz999。", "aaaa000P", "ZZZZ!!!a"])
def test_the_first_and_the_last_of_each_class_count(password: str) -> None:
    checked_password(password)


@pytest.mark.parametrize("space", ["\u2028", "\u2029", "\u00a0", "\u3000", "\u200b", "\x7f"])
def test_every_kind_of_white_space_and_control_is_refused(space: str) -> None:
    assert refusal(checked_password, f"Demo-20{space}19") == ("password", FieldRule.PASSWORD_WHITE_SPACE, {})


@pytest.mark.parametrize("outside", ["@", "[", "`", "{", "/", ":"])
def test_the_neighbours_of_letters_and_digits_are_special_characters(outside: str) -> None:
    password = outside * 4 + "aaaa"
    assert refusal(checked_password, password) == ("password", FieldRule.PASSWORD_CLASSES, {})
    assert refusal(checked_password, password + "1") is None


@pytest.mark.parametrize("letter", ["Z", "Y", "A"])
def test_a_capital_is_no_small_letter_and_no_digit(letter: str) -> None:
    assert refusal(checked_password, letter * 7 + "!") == ("password", FieldRule.PASSWORD_CLASSES, {})
