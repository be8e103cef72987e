"""Household divisions of GB/T 2260."""

from __future__ import annotations

from importlib.resources import files

import pytest

from scan_to_login.field_rules import FieldRule, RuleBroken
from scan_to_login.rules.divisions import AS_OF, Division, DivisionTable, checked_division, division_table
from tests.unit.scan_to_login.rules.refusals import refusal


def test_divisions_lead_from_province_to_county() -> None:
    table = DivisionTable()
    assert len(table.children() or ()) == 34
    assert {division.name for division in table.children("130000") or ()} >= {"石家庄市", "唐山市"}
    assert "110101" in {division.code for division in table.children("110000") or ()}
    assert table.full_name("130102") == "河北省石家庄市长安区"


def test_every_code_has_six_digits_and_a_known_parent() -> None:
    table = DivisionTable()
    seen, open_codes = set(), [""]
    while open_codes:
        children = table.children(open_codes.pop())
        assert children is not None
        for division in children:
            assert len(division.code) == 6
            assert division.code.isdigit()
            assert table.has_children(division.code) == bool(table.children(division.code))
            seen.add(division.code)
            open_codes.append(division.code)
    assert len(seen) == len(table) > 3_000
    assert {"710000", "810000", "820000", "441900"} <= seen


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("崇文", "110101"),
        ("宣武区", "110102"),
        ("卢湾", "310101"),
        ("江干区", "330102"),
        ("襄樊", "420600"),
        ("沙县", "350405"),
        ("户县", "610118"),
        ("濂溪", "360402"),
        ("河北省石家庄市长安区", "130102"),
        (" 郫 县 ", "510117"),
        ("白杨市", "659012"),
    ],
)
def test_a_division_is_found_under_its_present_former_and_full_name(name: str, code: str) -> None:
    # city_pickers#157 (平果), china_area_mysql#20, division-changes#2: old names and codes stay in use.
    assert code in {division.code for division in division_table().named(name)}


def test_no_name_finds_nothing_and_an_unknown_one_neither() -> None:
    assert division_table().named(" ") == division_table().named("不存在的地方") == ()


@pytest.mark.parametrize(
    ("typed", "stored"), [("110103", "110101"), ("120107", "120116"), ("330104", "330102"), ("１１０１０１", "110101")]
)
def test_a_former_code_is_stored_as_the_present_one(typed: str, stored: str) -> None:
    assert checked_division(typed) == stored


@pytest.mark.parametrize("code", ["130103", "999999", "", "371200"])
def test_a_code_of_a_divided_division_is_unknown(code: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        checked_division(code)
    assert refused.value.rule is FieldRule.DIVISION_UNKNOWN


def test_every_former_name_leads_to_divisions_of_today() -> None:
    table = division_table()
    rows = [
        line.split("\t")
        for line in (files("scan_to_login.rules") / "former_divisions.tsv").read_text("utf-8").splitlines()
        if not line.startswith("#")
    ]
    assert len(rows) > 70
    for year, former, name, present in rows:
        for code in present.split(","):
            assert code in table, name
            assert table.full_name(code).rpartition("市")[2] != name
            assert (former == code) or (former not in table), name
        assert "2000" < year <= AS_OF[:4]


def test_the_newest_divisions_that_the_day_of_the_data_promises_are_there() -> None:
    assert {"653228", "653229"} <= {division.code for division in division_table().named("和田地区")}
    assert division_table().full_name("653228").endswith("和康县")


def test_an_unknown_code_is_no_division() -> None:
    table = DivisionTable()
    assert "110102000" not in table
    assert "999999" not in table
    assert table.children("999999") is None
    for ask in (table.has_children, table.full_name):
        with pytest.raises(KeyError):
            ask("999999")


@pytest.mark.parametrize(
    ("division", "full_name", "has_children"),
    [
        (Division("110000", "北京市", "直辖市", ""), "北京市", True),
        (Division("110101", "东城区", "市辖区", "110000"), "北京市东城区", False),
        (Division("130100", "石家庄市", "地级市", "130000"), "河北省石家庄市", True),
        (Division("130102", "长安区", "市辖区", "130100"), "河北省石家庄市长安区", False),
        (Division("441900", "东莞市", "地级市", "440000"), "广东省东莞市", False),
        (Division("429004", "仙桃市", "县级市", "420000"), "湖北省仙桃市", False),
        (Division("710000", "台湾省", "省", ""), "台湾省", False),
        (Division("820000", "澳门特别行政区", "特别行政区", ""), "澳门特别行政区", False),
    ],
)
def test_a_division_has_its_kind_its_parent_and_its_place(
    division: Division, full_name: str, has_children: bool
) -> None:
    table = DivisionTable()
    assert [found for found in table.children(division.parent) or () if found.code == division.code] == [division]
    assert division.code in table
    assert table.full_name(division.code) == full_name
    assert table.has_children(division.code) is has_children


def test_a_code_of_the_table_is_kept_and_any_other_is_refused() -> None:
    assert checked_division("130102") == "130102"
    assert refusal(checked_division, "999999") == ("household_division", FieldRule.DIVISION_UNKNOWN, {})
