"""Documents, names, phones and their masks."""

from __future__ import annotations

from datetime import date

import pytest

from scan_to_login.field_rules import FieldRule
from scan_to_login.protocol import IdType
from scan_to_login.rules.people import (
    checked_name,
    checked_number,
    checked_phone,
    masked_phone,
)
from tests.unit.scan_to_login.rules.refusals import refusal

TODAY = date(2026, 11, 23)
# Of the reports that test_typed.py names, and of keyboards.
DOTS = "·•‧∙⋅・･．.。｡●⚫⸱․ꞏㆍᐧ·"


def resident_id(first_17: str) -> str:
    weights = [2 ** (17 - place) % 11 for place in range(17)]
    rest = sum(int(digit) * weight for digit, weight in zip(first_17, weights, strict=True)) % 11
    return first_17 + "10X98765432"[rest]


@pytest.mark.parametrize(
    ("id_type", "number"),
    [
        (IdType.RESIDENT_ID, "11010519491231002X"),
        (IdType.RESIDENT_ID, resident_id("44052419800101001")),
        (IdType.RESIDENT_ID, resident_id("11010120000229123")),
        (IdType.RESIDENT_ID, resident_id("83000019900101123")),  # AndroidUtilCode#1321: Taiwan is 83
        (IdType.RESIDENT_ID, resident_id("82000019781010123")),  # id-validator#43
        (IdType.PASSPORT, "E12345678"),
        (IdType.PASSPORT, "C01X00T47"),
        (IdType.HK_MACAU_PERMIT, "H12345678"),
        (IdType.HK_MACAU_PERMIT, "M1234567801"),
        (IdType.TAIWAN_PERMIT, "12345678"),
        (IdType.TAIWAN_PERMIT, "1234567801B"),
        (IdType.FOREIGN_PERMANENT_RESIDENT, "USA110115123456"),
        (IdType.FOREIGN_PERMANENT_RESIDENT, resident_id("91108419851203123")),
    ],
)
def test_a_number_of_the_documents_own_format_is_accepted(id_type: IdType, number: str) -> None:
    assert checked_number(id_type, number, TODAY) == number


@pytest.mark.parametrize(
    ("id_type", "number", "rule"),
    [
        (IdType.RESIDENT_ID, "11010519491231002", FieldRule.RESIDENT_ID_FORM),
        (IdType.RESIDENT_ID, "E12345678", FieldRule.RESIDENT_ID_FORM),
        (IdType.RESIDENT_ID, "910105194912310025", FieldRule.RESIDENT_ID_FORM),
        (IdType.RESIDENT_ID, "110105194912310021", FieldRule.ID_NUMBER_CHECK_DIGIT),
        (IdType.RESIDENT_ID, resident_id("16010119900101123"), FieldRule.ID_NUMBER_PROVINCE),
        (IdType.RESIDENT_ID, resident_id("84010119900101123"), FieldRule.ID_NUMBER_PROVINCE),
        (IdType.RESIDENT_ID, resident_id("11010120000230123"), FieldRule.ID_NUMBER_BIRTH_DATE),
        (IdType.RESIDENT_ID, resident_id("11010120001301123"), FieldRule.ID_NUMBER_BIRTH_DATE),
        (IdType.RESIDENT_ID, resident_id("11010120261124123"), FieldRule.ID_NUMBER_AGE),
        (IdType.RESIDENT_ID, resident_id("11010118951231123"), FieldRule.ID_NUMBER_AGE),
        (IdType.PASSPORT, "ABCDEFGH", FieldRule.PASSPORT_FORM),
        (IdType.PASSPORT, "E123", FieldRule.PASSPORT_FORM),
        (IdType.PASSPORT, "E123456789012345", FieldRule.PASSPORT_FORM),
        (IdType.PASSPORT, "E1234/5678", FieldRule.PASSPORT_FORM),
        (IdType.HK_MACAU_PERMIT, "A12345678", FieldRule.HK_MACAU_PERMIT_FORM),
        (IdType.HK_MACAU_PERMIT, "H123456789", FieldRule.HK_MACAU_PERMIT_FORM),
        (IdType.TAIWAN_PERMIT, "1234567", FieldRule.TAIWAN_PERMIT_FORM),
        (IdType.FOREIGN_PERMANENT_RESIDENT, "US1110115123456", FieldRule.FOREIGN_PERMANENT_RESIDENT_FORM),
        (IdType.FOREIGN_PERMANENT_RESIDENT, "911084198512031239", FieldRule.ID_NUMBER_CHECK_DIGIT),
        (IdType.FOREIGN_PERMANENT_RESIDENT, resident_id("91108419851303123"), FieldRule.ID_NUMBER_BIRTH_DATE),
        (IdType.FOREIGN_PERMANENT_RESIDENT, resident_id("91108420261124123"), FieldRule.ID_NUMBER_AGE),
    ],
)
def test_a_refused_number_names_field_and_rule_and_not_itself(id_type: IdType, number: str, rule: FieldRule) -> None:
    assert refusal(checked_number, id_type, number, TODAY) == ("id_number", rule, {})


@pytest.mark.parametrize("birth_date", ["20261123", "18960101", "18961231"])
def test_a_person_born_today_or_in_the_year_130_years_ago_is_accepted(birth_date: str) -> None:
    number = resident_id(f"110101{birth_date}123")
    assert checked_number(IdType.RESIDENT_ID, number, TODAY) == number


@pytest.mark.parametrize("province", ["11", "15", "21", "37", "41", "46", "54", "65", "71", "81", "83"])
def test_the_first_and_the_last_province_of_each_region_are_known(province: str) -> None:
    number = resident_id(f"{province}010119900101123")
    assert checked_number(IdType.RESIDENT_ID, number, TODAY) == number


def test_a_number_is_kept_in_capitals_and_without_outer_white_space() -> None:
    assert checked_number(IdType.RESIDENT_ID, " 11010519491231002x ", TODAY) == "11010519491231002X"


def test_a_birth_date_after_the_gateways_date_is_refused() -> None:
    born_tomorrow = resident_id("11010120261124123")
    assert checked_number(IdType.RESIDENT_ID, born_tomorrow, date(2026, 11, 24)) == born_tomorrow


@pytest.mark.parametrize(
    "name",
    [
        "难",
        "𠮷",
        "张三",
        "欧阳娜娜",
        "𠮷野家",
        "𲎯𰻝",
        "买买提·吐尔逊",
        "John Smith",
        "O'Neil-Łukasz Jr.",
        "王〇",
        "あき",
        "阿" * 50,
        "𠀀" * 50,
    ],
)
def test_a_name_of_1_to_50_letters_is_accepted_also_beyond_the_bmp_and_with_a_dot(name: str) -> None:
    assert checked_name(name) == name


def test_every_keyboards_dot_becomes_the_same_dot() -> None:
    assert {checked_name(f"买买提{dot}吐尔逊") for dot in DOTS} == {"买买提·吐尔逊"}


@pytest.mark.parametrize(
    ("name", "rule", "values"),
    [
        ("", FieldRule.NAME_LENGTH, {"min": 1, "max": 50}),
        ("\u200b", FieldRule.NAME_LENGTH, {"min": 1, "max": 50}),
        ("阿" * 51, FieldRule.NAME_LENGTH, {"min": 1, "max": 50}),
        ("张3", FieldRule.NAME_CHARACTER, {"character": "U+0033"}),
        ("<b>张", FieldRule.NAME_CHARACTER, {"character": "U+003C"}),
        ("张\ue000", FieldRule.NAME_CHARACTER, {"character": "U+E000"}),
        ("张\U0003ffff", FieldRule.NAME_CHARACTER, {"character": "U+3FFFF"}),
        ("John_Smith", FieldRule.NAME_CHARACTER, {"character": "U+005F"}),
        ("·张三", FieldRule.NAME_ENDS, {}),
        ("张三·", FieldRule.NAME_ENDS, {}),
        ("·", FieldRule.NAME_ENDS, {}),
        ("-Smith", FieldRule.NAME_ENDS, {}),
        (".Smith", FieldRule.NAME_ENDS, {}),
        ("O'", FieldRule.NAME_ENDS, {}),
        ("Smith-", FieldRule.NAME_ENDS, {}),
        ("张··三", FieldRule.NAME_DOTS, {}),
        ("张·三··四", FieldRule.NAME_DOTS, {}),
    ],
)
def test_a_refused_name_names_rule_and_values(name: str, rule: FieldRule, values: dict[str, object]) -> None:
    assert refusal(checked_name, name) == ("name", rule, values)


@pytest.mark.parametrize(
    "name", ["ǅoko", "佐々木", "ᎠᎹ", "Ngữ", "म\u094dमा", "पा\u0903", "Jr.", "Ａ", "Anne‐Marie", "O’Neil"]
)
def test_letters_of_every_kind_and_marks_are_accepted(name: str) -> None:
    assert refusal(checked_name, name) is None


@pytest.mark.parametrize("phone", ["13800000001", "19912345678"])
def test_a_mainland_mobile_number_is_accepted(phone: str) -> None:
    assert checked_phone(phone) == phone


@pytest.mark.parametrize(
    "phone",
    [
        "１３８００００００００",
        "+8613800000000",
        "0086 138 0000 0000",
        "(+86) 138-0000-0000",
        "\u202d13800000000\u202c",
        "138\ufe0d00000000",
    ],
)
def test_a_phone_number_is_stored_in_one_form(phone: str) -> None:
    assert checked_phone(phone) == "13800000000"


@pytest.mark.parametrize(
    ("id_type", "typed", "number"),
    [
        (IdType.RESIDENT_ID, "110101 19900104 0011", "110101199001040011"),
        (IdType.RESIDENT_ID, "110101-19900104-0011", "110101199001040011"),
        (IdType.RESIDENT_ID, "１１０１０１１９９００１０３００１６", "110101199001030016"),
        (IdType.RESIDENT_ID, "１１０１０５１９４９１２３１００２Ｘ", "11010519491231002X"),
        (IdType.RESIDENT_ID, "11010519491231002×", "11010519491231002X"),
        (IdType.RESIDENT_ID, "11010519491231002Ⅹ", "11010519491231002X"),
        (IdType.RESIDENT_ID, "11010519491231002х", "11010519491231002X"),
        (IdType.TAIWAN_PERMIT, "1234567801(B)", "1234567801B"),
        (IdType.TAIWAN_PERMIT, "12345678０１（Ｂ）", "1234567801B"),
        (IdType.TAIWAN_PERMIT, "1234567801 【b】", "1234567801B"),
        (IdType.HK_MACAU_PERMIT, "H12345678 (01)", "H1234567801"),
        (IdType.HK_MACAU_PERMIT, "ｈ12345678", "H12345678"),
        (IdType.PASSPORT, "e 1234 5678", "E12345678"),
        (IdType.PASSPORT, "E12345678\u200e", "E12345678"),
        (IdType.FOREIGN_PERMANENT_RESIDENT, "usa 110115 123456", "USA110115123456"),
        # hutool#1348 (the X is a Roman ten), ng-alain#1882, formily#219, id-validator#1
        (IdType.RESIDENT_ID, "11010519491231002ⅹ", "11010519491231002X"),
        (IdType.RESIDENT_ID, "11010119900307803x", "11010119900307803X"),
        (IdType.RESIDENT_ID, "11010119900307803✕", "11010119900307803X"),
        (IdType.RESIDENT_ID, "\ufeff110101 19900307 803Ｘ\u200b", "11010119900307803X"),
        (IdType.RESIDENT_ID, "110101—19900307—803X", "11010119900307803X"),
        (IdType.HK_MACAU_PERMIT, "H1234567 8", "H12345678"),
        (IdType.TAIWAN_PERMIT, "\u31641234567801\uff08B\uff09", "1234567801B"),
        (IdType.PASSPORT, "Ｅ－12345678", "E12345678"),
    ],
)
def test_a_number_is_stored_in_one_form(id_type: IdType, typed: str, number: str) -> None:
    assert checked_number(id_type, typed, TODAY) == number


@pytest.mark.parametrize("phone", ["12800000001", "1380000000", "138000000011", "+113800000001", "abc"])
def test_any_other_phone_is_refused(phone: str) -> None:
    assert refusal(checked_phone, phone) == ("phone", FieldRule.PHONE_FORM, {})


def test_a_masked_phone_hides_most_of_it() -> None:
    assert masked_phone("13800000001") == "138****0001"
