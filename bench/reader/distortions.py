"""Our QR under twelve distortions at five strengths, drawn anew from a seed."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Final

import qrcode
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageOps

TEXT: Final = "https://gw.example:8443/q/AbCdEfGhIjKlMnOpQrStUv"
STRENGTHS: Final = (1, 2, 3, 4, 5)
BOX: Final = 8
_TERMINAL_GAP: Final = 2  # pixels more with each strength, between lines of two modules


def code(box: int = BOX) -> Image.Image:
    """The QR in grey, undistorted."""
    drawn = qrcode.QRCode(box_size=box, border=4)
    drawn.add_data(TEXT)
    return drawn.make_image().get_image().convert("L")


def pictures() -> Iterator[tuple[str, int, Image.Image]]:
    """Name of the distortion, strength, picture."""
    for name, distort in DISTORTIONS.items():
        for strength in STRENGTHS:
            yield name, strength, distort(strength)


def _noise(strength: int) -> Image.Image:
    dice = random.Random(strength)
    picture = code()
    for _ in range(picture.width * picture.height * strength * 4 // 100):
        picture.putpixel((dice.randrange(picture.width), dice.randrange(picture.height)), dice.choice((0, 255)))
    return picture


def _shadow(strength: int) -> Image.Image:
    picture = code().point(lambda level: 60 + level * 195 // 255)
    light = Image.linear_gradient("L").rotate(90).resize(picture.size)
    darkest = 1 - strength * 0.18
    return ImageChops.multiply(picture, light.point(lambda at: 255 * (darkest + (1 - darkest) * at / 255)))


def _slant(strength: int) -> Image.Image:
    picture = ImageOps.expand(code(), 60, 255)
    share = strength * 0.12
    map_ = (1, 0, 0, -share / 2, 1, 0, -share / picture.width, 0)
    return picture.transform(picture.size, Image.Transform.PERSPECTIVE, map_, Image.Resampling.BICUBIC, fillcolor=255)


def _logo(strength: int) -> Image.Image:
    picture = code()
    half, middle = picture.width * strength * 6 // 200, picture.width // 2
    ImageDraw.Draw(picture).rectangle((middle - half, middle - half, middle + half, middle + half), fill=90)
    return picture


def _terminal(strength: int) -> Image.Image:
    picture = ImageOps.invert(code())
    line, gap = 2 * BOX, strength * _TERMINAL_GAP
    lines = picture.height // line
    apart = Image.new("L", (picture.width, lines * (line + gap)), 128)
    for at in range(lines):
        apart.paste(picture.crop((0, at * line, picture.width, (at + 1) * line)), (0, at * (line + gap)))
    return apart


def _small(strength: int) -> Image.Image:
    page = Image.new("L", (3840, 2160), 230)
    draw = ImageDraw.Draw(page)
    for y in range(20, 2160, 40):
        draw.text((30, y), "Natural persons' electronic tax office  " * 12, fill=40)
    page.paste(code(6 - strength), (2900, 1500))
    return page


def _moire(strength: int) -> Image.Image:
    picture = code()
    draw = ImageDraw.Draw(picture)
    for at in range(0, picture.width * 2, 9 - strength):
        draw.line((at, 0, at - 40, picture.height), fill=130)
    return picture


def _thick(strength: int) -> Image.Image:
    picture = code()
    for _ in range(strength):
        picture = picture.filter(ImageFilter.MinFilter(3))
    return picture


def _crumpled(strength: int) -> Image.Image:
    """Rows moved sideways in a wave."""
    picture = code()
    waved = Image.new("L", picture.size, 255)
    for y in range(picture.height):
        phase = (y * 4 // picture.height + y / 60) % 2
        by = round(strength * 2 * (abs(phase - 1) * 2 - 1))
        waved.paste(picture.crop((0, y, picture.width, y + 1)), (by, y))
    return waved


DISTORTIONS: Final[dict[str, Callable[[int], Image.Image]]] = {
    "blur": lambda strength: code().filter(ImageFilter.GaussianBlur(strength)),
    "noise": _noise,
    "shadow": _shadow,
    "slant": _slant,
    "logo": _logo,
    "terminal lines": _terminal,
    "small in 4K": _small,
    "moire": _moire,
    "thick modules": _thick,
    "wave": _crumpled,
    "pale": lambda strength: code().point(lambda level: 230 + level * (24 - strength * 4) // 255),
    "turned": lambda strength: code(3).rotate(strength * 8.5, Image.Resampling.NEAREST, expand=True, fillcolor=255),
}
