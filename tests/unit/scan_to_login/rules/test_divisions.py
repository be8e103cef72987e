"""Household divisions of GB/T 2260."""

from __future__ import annotations

import pytest

from scan_to_login.field_rules import FieldRule
from scan_to_login.rules.divisions import Division, DivisionTable, checked_division
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
