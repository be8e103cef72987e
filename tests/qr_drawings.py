"""Our own QR drawn plainly, on a page, in a terminal, in bad light: what tests/qr_pictures.py is made of."""

from __future__ import annotations

import io
import random
from typing import Any, Final

import qrcode
from PIL import Image, ImageChops, ImageDraw, ImageOps

HOST: Final = "gw.example"
TEXT: Final = f"https://{HOST}:8443/q/AbCdEfGhIjKlMnOpQrStUv"


def modules(text: str = TEXT, correction: int = qrcode.ERROR_CORRECT_M) -> list[list[bool]]:
    """The modules of the code, without a quiet zone: True is dark."""
    code = qrcode.QRCode(border=0, error_correction=correction)
    code.add_data(text)
    code.make(fit=True)
    return code.get_matrix()


def qr(box: int = 8, border: int = 4, text: str = TEXT, correction: int = qrcode.ERROR_CORRECT_M) -> Image.Image:
    """The code in grey, ``box`` pixels a module."""
    matrix = modules(text, correction)
    small = Image.new("L", (len(matrix), len(matrix)), 255)
    for y, row in enumerate(matrix):
        for x, dark in enumerate(row):
            if dark:
                small.putpixel((x, y), 0)
    return ImageOps.expand(small, border, 255).resize([(len(matrix) + 2 * border) * box] * 2, Image.Resampling.NEAREST)


def saved(image: Image.Image, format_: str = "PNG", **options: Any) -> bytes:
    """The bytes of an image file."""
    buffer = io.BytesIO()
    image.save(buffer, format_, **options)
    return buffer.getvalue()


def on_page(code: Image.Image, width: int, height: int, at: tuple[int, int], ground: int = 235) -> Image.Image:
    """A screenshot of a page of text with the code in it."""
    page = Image.new("L", (width, height), ground)
    draw = ImageDraw.Draw(page)
    for y in range(20, height, 40):
        draw.text((30, y), "Natural persons' electronic tax office  " * 12, fill=255 - ground)
    page.paste(code, at)
    return page


def terminal(
    line: float, *, gap_columns: int = 0, ink: int = 229, ground: int = 24, swapped: bool = False, text: str = TEXT
) -> Image.Image:
    """Half blocks in a terminal: lines of ``line`` times the glyph's 16 pixels, ``gap_columns`` between characters."""
    matrix = [[False] * 4 + row + [False] * 4 for row in modules(text)]
    empty = [[False] * len(matrix[0])] * 4
    matrix = [*empty, *matrix, *empty, empty[0]][: (len(matrix) + 8) // 2 * 2]
    step, width = 16 * line, 8 + gap_columns
    picture = Image.new("L", (len(matrix[0]) * width + 60, round(len(matrix) / 2 * step) + 90), ground)
    draw = ImageDraw.Draw(picture)
    draw.text((20, 12), "$ client-stub login", fill=ink)
    for y, row in enumerate(matrix):
        for x, dark in enumerate(row):
            if dark == swapped:
                top = 50 + round(y // 2 * step) + y % 2 * 8
                draw.rectangle((20 + x * width, top, 27 + x * width, top + 7), fill=ink)
    return picture


def shaded(darkest: float) -> Image.Image:
    """The code in a light that falls off to ``darkest``, a share of the full light."""
    code = ImageOps.autocontrast(qr()).point(lambda level: 60 + level * 195 // 255)
    light = Image.linear_gradient("L").rotate(90).resize(code.size)
    light = light.point(lambda at: 255 * (darkest + (1 - darkest) * at / 255))
    return ImageChops.multiply(code, light)


def slanted(share: float) -> Image.Image:
    """The code as seen from the side: its right edge is ``share`` shorter than its left one."""
    code = ImageOps.expand(qr(), 60, 255)
    rise, depth = share / 2, share / code.width
    return code.transform(
        code.size,
        Image.Transform.PERSPECTIVE,
        (1, 0, 0, -rise, 1, 0, -depth, 0),
        Image.Resampling.BICUBIC,
        fillcolor=255,
    )


def noisy(share: float, seed: int = 7) -> Image.Image:
    """The code with ``share`` of its pixels turned black or white."""
    dice = random.Random(seed)
    code = qr()
    for _ in range(round(code.width * code.height * share)):
        code.putpixel((dice.randrange(code.width), dice.randrange(code.height)), dice.choice((0, 255)))
    return code
