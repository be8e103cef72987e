"""A QR in the terminal: two modules in each character cell, with its quiet zone, in black on white."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import qrcode
from qrcode.constants import ERROR_CORRECT_L
from rich.console import Console
from rich.style import Style
from rich.text import Text

from scan_to_login.messages import Language
from scan_to_login.terminal.language import Text as Bilingual

QUIET_ZONE: Final = 4
"""Modules of margin on each side (ISO/IEC 18004, 9.1)."""

NO_ROOM: Final = Bilingual(
    "The window is too small for the QR: it needs {columns} columns and {rows} rows.",
    "窗口太小，无法显示二维码，需要 {columns} 列 × {rows} 行。",
)
LINES_BELOW: Final = 3
"""What to do, the QR's content, and the countdown."""

# Both colours are named, so that the terminal's own background, dark or light, does not shine through.
_BLACK_ON_WHITE: Final = Style(color="#000000", bgcolor="#ffffff")
_BLOCKS: Final = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}

Matrix = Sequence[Sequence[bool]]


def modules(payload: str) -> list[list[bool]]:
    """The modules of a QR with its quiet zone, row by row; True is dark.

    The lowest error correction makes the smallest picture, and a screen does not get scratched.
    """
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_L, border=QUIET_ZONE)
    code.add_data(payload)
    code.make(fit=True)
    return [[bool(dark) for dark in row] for row in code.get_matrix()]


def half_blocks(matrix: Matrix, *, inked: bool = True) -> list[str]:
    """Lines of half blocks. ``inked`` says whether the ink stands for dark modules, or for light ones."""
    rows = [[dark is inked for dark in row] for row in matrix]
    if len(rows) % 2:
        rows.append([not inked] * len(rows[0]))
    return [
        "".join(_BLOCKS[upper, lower] for upper, lower in zip(top, bottom, strict=True))
        for top, bottom in zip(rows[::2], rows[1::2], strict=True)
    ]


def terminal_qr(payload: str, console: Console) -> Text | None:
    """The QR as text for this console; None if the window is too small.

    Without colours (a pipe, NO_COLOR, a dumb terminal) ink stands for light modules: right on the usual dark terminal,
    and inverted on a light one, which readers accept too.
    """
    matrix = modules(payload)
    columns, rows = room_for(payload)
    if console.is_terminal and (console.width < columns or console.height < rows):
        return None
    coloured = console.color_system is not None and not console.no_color
    style = _BLACK_ON_WHITE if coloured else Style.null()
    # Each line is styled by itself, so that no line's end paints the rest of the window white.
    lines = [Text(line, style, no_wrap=True) for line in half_blocks(matrix, inked=coloured)]
    return Text("\n").join(lines)


def qr_or_sentence(payload: str, console: Console, language: Language) -> Text:
    """The QR for this console, or a sentence where its window is too small; the caller shows its content too."""
    picture = terminal_qr(payload, console)
    if picture is not None:
        return picture
    columns, rows = room_for(payload)
    return Text(getattr(NO_ROOM, language).format(columns=columns, rows=rows))


def room_for(payload: str) -> tuple[int, int]:
    """Columns and rows of a window that shows the QR and the lines below it at once."""
    size = len(modules(payload))
    return size, (size + 1) // 2 + LINES_BELOW
