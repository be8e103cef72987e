"""A ladder of looks at a picture, from cheap to expensive. A look changes the picture before zxing reads it.

Each look answers a kind of picture that plain reading misses in public bug reports. The page has the same ladder
(web/phone/looks.ts): a test compares the names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

import zxingcpp
from PIL import Image, ImageChops, ImageFilter, ImageOps

from app_simulator.pictures.gaps import gaps_closed
from app_simulator.pictures.neighbours import bridged, deblurred, evenly_lit

LOCAL: Final = zxingcpp.Binarizer.LocalAverage
GLOBAL: Final = zxingcpp.Binarizer.GlobalHistogram
_QR: Final = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])

SMALL = 4_000_000
"""Pixels up to which a picture is enlarged, filtered or cut into tiles at its own size; above, it is reduced first."""
TILE = 1_000

Prepared = Iterator[Image.Image]


class Look(NamedTuple):
    """One rung: its name, how it changes a grey picture (into none, one or several), and zxing's binarizer."""

    name: str
    prepare: Callable[[Image.Image], Prepared]
    binarizer: zxingcpp.Binarizer = LOCAL


def texts_in(picture: Image.Image, look: Look) -> Iterator[str]:
    """The texts of the QR codes that one look finds in a grey picture, part by part."""
    for part in look.prepare(picture):
        for code in zxingcpp.read_barcodes(
            part, formats=_QR, text_mode=zxingcpp.TextMode.Plain, binarizer=look.binarizer
        ):
            if code.valid:
                yield code.text


def _plain(picture: Image.Image) -> Prepared:
    yield picture


def _scaled(factor: float) -> Callable[[Image.Image], Prepared]:
    def scaled(picture: Image.Image) -> Prepared:
        width, height = round(picture.width * factor), round(picture.height * factor)
        if min(width, height) >= 21 and width * height <= SMALL * 4:  # a QR code has 21 modules a side at the least
            smooth = Image.Resampling.BICUBIC if factor > 1 else Image.Resampling.BOX
            yield picture.resize((width, height), smooth)

    return scaled


def _framed(picture: Image.Image) -> Prepared:
    """The picture with a new quiet zone: light around, dark around, and light in place of the one colour around."""
    wide = max(8, min(picture.size) // 8)
    for ground in (255, 0):
        yield ImageOps.expand(picture, wide, ground)
    around = Image.new("L", picture.size, picture.getpixel((0, 0)))
    inner = ImageChops.difference(picture, around).point(lambda level: 255 * (level > 24)).getbbox()
    if inner and (inner[2] - inner[0]) * (inner[3] - inner[1]) < picture.width * picture.height:
        yield ImageOps.expand(picture.crop(inner), wide, 255)


def _inverted(picture: Image.Image) -> Prepared:
    """Light on dark. zxing inverts after its binarizer, which expects a light ground."""
    yield ImageOps.invert(picture)


def _stretched(picture: Image.Image) -> Prepared:
    yield ImageOps.autocontrast(picture, cutoff=1)


def _flattened(picture: Image.Image) -> Prepared:
    """The picture without uneven light: each pixel relative to the brightness around it."""
    picture = _handy(picture)
    around = picture.filter(ImageFilter.BoxBlur(max(8, min(picture.size) // 10)))
    yield ImageOps.autocontrast(ImageChops.subtract(picture, around, 1, 128), cutoff=1)


def _filtered(*filters: ImageFilter.Filter) -> Callable[[Image.Image], Prepared]:
    def filtered(picture: Image.Image) -> Prepared:
        picture = _handy(picture)
        for one in filters:
            picture = picture.filter(one)
        yield picture

    return filtered


def _tiles(factor: int) -> Callable[[Image.Image], Prepared]:
    """Overlapping parts, each with a range of brightness of its own."""

    def tiles(picture: Image.Image) -> Prepared:
        side = max(200, min(TILE, max(picture.size) // 2))
        for top in range(0, max(1, picture.height - side // 2), side // 2):
            for left in range(0, max(1, picture.width - side // 2), side // 2):
                right, bottom = min(left + side, picture.width), min(top + side, picture.height)
                part = picture.crop((left, top, right, bottom))
                low, high = part.getextrema()
                if high - low < 16:  # type: ignore[operator]  # nothing is drawn there
                    continue
                if factor > 1:
                    part = part.resize((part.width * factor, part.height * factor), Image.Resampling.BICUBIC)
                yield ImageOps.autocontrast(part, cutoff=1)

    return tiles


def _handy(picture: Image.Image, most: int = SMALL) -> Image.Image:
    if picture.width * picture.height <= most:
        return picture
    factor = (most / (picture.width * picture.height)) ** 0.5
    return picture.resize((round(picture.width * factor), round(picture.height * factor)), Image.Resampling.BOX)


LADDER: Final[tuple[Look, ...]] = (
    Look("plain", _plain),
    Look("plain, global", _plain, GLOBAL),
    Look("inverted", _inverted),
    Look("framed", _framed),
    Look("stretched", _stretched),
    Look("gaps closed", gaps_closed),
    Look("half", _scaled(0.5)),
    Look("half, global", _scaled(0.5), GLOBAL),
    Look("gaps bridged", lambda picture: bridged(_handy(picture, SMALL // 2))),
    Look("double", _scaled(2)),
    Look("double, global", _scaled(2), GLOBAL),
    Look("flattened", _flattened, GLOBAL),
    Look("evenly lit", lambda picture: evenly_lit(_handy(picture)), GLOBAL),
    Look("two thirds", _scaled(0.67)),
    Look("one and a half", _scaled(1.5)),
    Look("third", _scaled(0.34)),
    Look("smoothed", _filtered(ImageFilter.GaussianBlur(1.5))),
    Look("smoothed, wide", _filtered(ImageFilter.GaussianBlur(4))),
    Look("median", _filtered(ImageFilter.MedianFilter(3))),
    Look("median, wide", _filtered(ImageFilter.MedianFilter(5), ImageFilter.GaussianBlur(1))),
    Look("sharpened", _filtered(ImageFilter.UnsharpMask(4, 300, 0))),
    Look("deblurred", lambda picture: iter((deblurred(picture),))),
    Look("closed", _filtered(ImageFilter.MinFilter(3), ImageFilter.MaxFilter(3))),
    Look("opened", _filtered(ImageFilter.MaxFilter(3), ImageFilter.MinFilter(3))),
    Look("thinned", _filtered(ImageFilter.MaxFilter(3))),
    Look("thickened", _filtered(ImageFilter.MinFilter(3))),
    Look("triple", _scaled(3)),
    Look("tiles", _tiles(1)),
    Look("tiles, global", _tiles(1), GLOBAL),
    Look("tiles, double", _tiles(2)),
)
