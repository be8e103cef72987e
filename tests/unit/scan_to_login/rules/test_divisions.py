"""Household divisions of GB/T 2260."""

from __future__ import annotations

from scan_to_login.rules.divisions import DivisionTable


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
