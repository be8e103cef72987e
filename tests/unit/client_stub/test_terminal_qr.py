"""A reader reads the terminal's QR in all colours of terminals."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO
from typing import Any, Literal

import pytest
import zxingcpp
from PIL import Image, ImageOps
from rich.console import Console

from scan_to_login.terminal.qr import LINES_BELOW, QUIET_ZONE, half_blocks, modules, room_for, terminal_qr

QR = "http://192.168.100.200:54321/q/AbCdEfGhIjKlMnOpQrStUv"
DARK = ((229, 229, 229), (0, 0, 0))
LIGHT = ((36, 41, 46), (255, 255, 255))
SOLARIZED = ((131, 148, 150), (0, 43, 54))
Rasterise = Callable[[str, tuple[int, int, int], tuple[int, int, int]], Image.Image]


def shown(colours: Literal["truecolor", "256", "standard"] | None, **options: Any) -> str:
    out = StringIO()
    size = {"width": 100, "height": 40, **options}
    console = Console(file=out, force_terminal=colours is not None, color_system=colours, **size)
    picture = terminal_qr(QR, console)
    assert picture is not None
    console.print(picture, soft_wrap=True)
    return out.getvalue()


def read(picture: Image.Image, **options: Any) -> list[str]:
    return [found.text for found in zxingcpp.read_barcodes(picture, **options)]


@pytest.mark.parametrize("colours", ["truecolor", "256", "standard"])
@pytest.mark.parametrize("terminal", [DARK, LIGHT, SOLARIZED])
def test_a_reader_reads_it_on_any_terminal(rasterise: Rasterise, colours: Any, terminal: Any) -> None:
    assert read(rasterise(shown(colours), *terminal), try_invert=False) == [QR]


def test_without_colours_it_is_right_on_a_dark_terminal(rasterise: Rasterise) -> None:
    assert read(rasterise(shown(None), *DARK), try_invert=False) == [QR]


def test_without_colours_it_is_inverted_on_a_light_terminal_and_still_read(rasterise: Rasterise) -> None:
    picture = rasterise(shown(None), *LIGHT)
    assert read(picture) == [QR]
    assert read(ImageOps.invert(picture), try_invert=False) == [QR]


def test_no_color_is_obeyed(monkeypatch: pytest.MonkeyPatch, rasterise: Rasterise) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    output = shown("truecolor")
    assert "38;" not in output
    assert read(rasterise(output, *DARK)) == [QR]


def test_the_quiet_zone_is_as_wide_as_the_standard_asks() -> None:
    matrix = modules(QR)
    for edge in (matrix[:QUIET_ZONE], matrix[-QUIET_ZONE:], [row[:QUIET_ZONE] for row in matrix]):
        assert not any(dark for row in edge for dark in row)
    assert matrix[QUIET_ZONE][QUIET_ZONE]


def test_no_line_paints_beyond_the_qr() -> None:
    lines = shown("truecolor").rstrip("\n").split("\n")
    assert all(line.endswith("\x1b[0m") for line in lines)


def test_an_odd_number_of_rows_ends_in_light_modules() -> None:
    assert half_blocks([[True, False]]) == ["▀ "]
    assert half_blocks([[True, False]], inked=False) == ["▄█"]


def test_it_fits_a_terminal_of_80_by_24() -> None:
    assert shown("truecolor", width=80, height=24)


@pytest.mark.parametrize("missing", [(1, 0), (0, 1)])
def test_a_window_without_room_gets_no_broken_qr(missing: tuple[int, int]) -> None:
    columns, rows = room_for(QR)
    narrow = Console(
        file=StringIO(),
        force_terminal=True,
        color_system="truecolor",
        width=columns - missing[0],
        height=rows - missing[1],
    )
    assert terminal_qr(QR, narrow) is None
    assert rows == len(half_blocks(modules(QR))) + LINES_BELOW
