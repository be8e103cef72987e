"""Records in windows of any width: a table with whole words, or a line for each value."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console

from scan_to_login.terminal.click_words import cells
from scan_to_login.terminal.records import Records

HEADS = ("编号", "设备", "Since")
ROWS = [("pJvTbW-hC7oMYtN3dAsyfQ", "模拟手机", "2026-11-30 08:30:32"), ("x" * 22, "Pixel [9]", "")]


def shown(width: int, **options: bool) -> list[str]:
    out = StringIO()
    Console(file=out, width=width).print(Records(HEADS, ROWS, ids=True, **options))
    return out.getvalue().splitlines()


@pytest.mark.parametrize("width", [30, 40, 60, 120])
@pytest.mark.parametrize("boxed", [False, True])
def test_no_line_is_wider_and_no_id_or_day_is_broken(width: int, boxed: bool) -> None:
    lines = shown(width, boxed=boxed)
    assert max(cells(line.rstrip()) for line in lines) <= width
    text = "\n".join(lines)
    for word in ("pJvTbW-hC7oMYtN3dAsyfQ", "2026-11-30", "08:30:32", "[9]"):
        assert word in text


def test_where_columns_have_no_room_each_value_has_a_line() -> None:
    assert shown(40)[:4] == ["编号  pJvTbW-hC7oMYtN3dAsyfQ", "设备  模拟手机", "Since  2026-11-30 08:30:32", ""]
    assert shown(40)[4:] == [f"编号  {'x' * 22}", "设备  Pixel [9]", ""]
    assert len(shown(80)) == 3
