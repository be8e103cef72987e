"""Documents, names, phones and their masks."""

from __future__ import annotations

from datetime import date

import pytest

from scan_to_login.field_rules import RuleBroken
from scan_to_login.protocol import IdType
from scan_to_login.rules.people import (
    checked_name,
    checked_number,
    checked_phone,
    masked_phone,
)

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
    ("id_type", "number"),
    [
        (IdType.RESIDENT_ID, "110105194912310021"),
        (IdType.RESIDENT_ID, "11010519491231002"),
        (IdType.RESIDENT_ID, resident_id("11010120000230123")),
        (IdType.RESIDENT_ID, resident_id("11010120261124123")),
        (IdType.RESIDENT_ID, resident_id("11010118900101123")),
        (IdType.RESIDENT_ID, resident_id("16010119900101123")),
        (IdType.RESIDENT_ID, "E12345678"),
        (IdType.PASSPORT, "ABCDEFGH"),
        (IdType.PASSPORT, "E123"),
        (IdType.PASSPORT, "E1234/5678"),
        (IdType.HK_MACAU_PERMIT, "A12345678"),
        (IdType.HK_MACAU_PERMIT, "H123456789"),
        (IdType.TAIWAN_PERMIT, "1234567"),
        (IdType.FOREIGN_PERMANENT_RESIDENT, "US1110115123456"),
        (IdType.FOREIGN_PERMANENT_RESIDENT, "911084198512031239"),
    ],
)
def test_a_number_of_another_format_check_digit_or_birth_date_is_refused(id_type: IdType, number: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        checked_number(id_type, number, TODAY)
    assert refused.value.field == "id_number"
    assert number not in str(refused.value.values)


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
    "name",
    [
        "",
        "\u200b",
        "阿" * 51,
        "张3",
        "·张三",
        "张三·",
        "张··三",
        "<b>张",
        "张\ue000",
        "张\U0003ffff",
        "·",
    ],
)
def test_an_empty_name_one_too_long_or_of_other_signs_is_refused(name: str) -> None:
    with pytest.raises(RuleBroken):
        checked_name(name)


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
    with pytest.raises(RuleBroken):
        checked_phone(phone)


def test_a_masked_phone_hides_most_of_it() -> None:
    assert masked_phone("13800000001") == "138****0001"
