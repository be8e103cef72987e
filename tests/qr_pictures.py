"""Pictures of one QR code, a kind each, that readers failed on in public bug reports: drawn here, from our own QR.

The same set is read by the command line and ``Phone`` (tests/unit/app_simulator/test_qr_kinds.py) and by the page in
Chromium (tests/e2e/pages/test_qr_kinds.py). The code is of ``https://gw.example:8443``: who reads it says that name.
"""

from __future__ import annotations

from collections.abc import Callable

import qrcode
from PIL import Image, ImageDraw, ImageFilter, ImageOps

from scan_to_login import qr_image
from tests.qr_drawings import TEXT, noisy, on_page, qr, saved, shaded, slanted, terminal

Kind = Callable[[], bytes]
KINDS: dict[str, Kind] = {}
"""File name → its bytes; the comment at each says whose report it is."""


def kind(name: str) -> Callable[[Kind], Kind]:
    """Adds a kind under a file's name."""

    def add(draw: Kind) -> Kind:
        KINDS[name] = draw
        return draw

    return add


def _frames() -> list[Image.Image]:
    return [Image.new("L", qr().size, 255), qr()]


def _transparent(level: int) -> Image.Image:
    shape = qr().point(lambda at: 255 - at)
    image = Image.new("RGBA", shape.size, (level, level, level, 255))
    image.putalpha(shape)
    return image


def _logo(share: float) -> Image.Image:
    code = qr(correction=qrcode.ERROR_CORRECT_H).convert("RGB")
    half = round(code.width * share / 2)
    middle = code.width // 2
    ImageDraw.Draw(code).rounded_rectangle((middle - half, middle - half, middle + half, middle + half), 16, "#c22")
    return code


def _lab() -> Image.Image:
    flat = Image.new("L", qr().size, 128)
    return Image.merge("LAB", (qr(), flat, flat))


def _deep(low: int, high: int) -> Image.Image:
    return qr().convert("I").point(lambda level: level * ((high - low) / 255) + low).convert("I;16")


# the kinds of the first list
KINDS["terminal-1.4-dark.png"] = lambda: saved(terminal(1.4))
KINDS["terminal-2px.png"] = lambda: saved(terminal(1.125, ink=0, ground=255, swapped=True))
KINDS["terminal-1.2.png"] = lambda: saved(terminal(1.2))
KINDS["shadow.png"] = lambda: saved(shaded(0.15))
KINDS["logo.png"] = lambda: saved(_logo(0.3))
KINDS["deep-grey-dark.png"] = lambda: saved(_deep(100, 2200))
KINDS["lab.tiff"] = lambda: saved(_lab(), "TIFF")
KINDS["second-frame.gif"] = lambda: saved(_frames()[0], "GIF", save_all=True, append_images=_frames()[1:], duration=200)
KINDS["second-frame.png"] = lambda: saved(_frames()[0], "PNG", save_all=True, append_images=_frames()[1:], duration=200)
KINDS["plain.avif"] = lambda: saved(qr().convert("RGB"), "AVIF")
KINDS["byte-order-mark.png"] = lambda: saved(qr(text="\ufeff" + TEXT))
KINDS["transparent-white.png"] = lambda: saved(_transparent(255))
KINDS["transparent-grey.png"] = lambda: saved(_transparent(150))
KINDS["long-screenshot.png"] = lambda: saved(on_page(qr(5), 1080, 9000, (430, 6300)))
KINDS["4k-small.png"] = lambda: saved(on_page(qr(3), 3840, 2160, (2900, 1500)))
KINDS["slanted.png"] = lambda: saved(slanted(0.4))
KINDS["pale.png"] = lambda: saved(qr().point(lambda level: 215 + level * 22 // 255))


# and further ones
@kind("inverted-beside-dark.png")  # zxing-cpp 709: light on dark, and something dark beside it
def _inverted() -> bytes:
    page = Image.new("L", (500, 460), 40)
    ImageDraw.Draw(page).rectangle((0, 0, 90, 90), fill=0)
    page.paste(ImageOps.invert(qr()).point(lambda level: 40 + level * 200 // 255), (120, 100))
    return saved(page)


@kind("mirrored.png")  # opencv 23155: a front camera
def _mirrored() -> bytes:
    return saved(ImageOps.mirror(qr()))


@kind("no-quiet-zone.png")  # zxing-cpp 566: one pixel of light around it, on black
def _no_quiet_zone() -> bytes:
    return saved(ImageOps.expand(ImageOps.expand(qr(border=0), 1, 255), 40, 0))


@kind("cropped.png")  # zxing-cpp 566 too: cropped to the code, nothing around it
def _cropped() -> bytes:
    return saved(qr(border=0))


@kind("rotated.png")  # zxing-cpp 142: two degrees
def _rotated() -> bytes:
    return saved(qr(4).rotate(2, Image.Resampling.BICUBIC, expand=True, fillcolor=255))


@kind("thick-modules.png")  # zxing-cpp 49: ink that has spread
def _thick() -> bytes:
    return saved(qr(8).filter(ImageFilter.MinFilter(5)))


@kind("thin-modules.png")  # the opposite: an overexposed photograph
def _thin() -> bytes:
    return saved(qr(8).filter(ImageFilter.MaxFilter(5)))


@kind("speckled.png")  # zxing-cpp 951: light pixels in the finder patterns
def _speckled() -> bytes:
    return saved(noisy(0.10))


@kind("round-modules.png")  # zxing-cpp 892: dots for modules
def _round() -> bytes:
    code = qr(1)
    picture = Image.new("L", (code.width * 10, code.height * 10), 255)
    draw = ImageDraw.Draw(picture)
    for y in range(code.height):
        for x in range(code.width):
            if code.getpixel((x, y)) == 0:
                draw.ellipse((x * 10, y * 10, x * 10 + 9, y * 10 + 9), fill=0)
    return saved(picture)


@kind("at-the-edge.png")  # zxing-cpp 966: in the corner of a blurred picture
def _edge() -> bytes:
    page = Image.new("L", (1000, 700), 200)
    page.paste(qr(4, border=1), (861, 561))
    return saved(page.filter(ImageFilter.GaussianBlur(1.6)))


@kind("same-grey.png")  # jsQR 54: two colours of one grey
def _same_grey() -> bytes:
    code = qr()
    picture = Image.new("RGB", code.size, (200, 70, 60))
    picture.paste((40, 137, 90), mask=code)
    return saved(picture)


@kind("one-pixel-modules.png")  # jsQR 184, zxing-js 653: a thumbnail
def _tiny() -> bytes:
    return saved(qr(1))


@kind("artefacts.jpg")  # a picture sent on by a messenger, again and again
def _artefacts() -> bytes:
    return saved(qr(3).rotate(5, expand=True, fillcolor=255), "JPEG", quality=8)


@kind("blurred.png")  # zxing-cpp 1034
def _blurred() -> bytes:
    return saved(qr(8).filter(ImageFilter.GaussianBlur(4)))


@kind("moire.png")  # a screen photographed: its own lines over the code
def _moire() -> bytes:
    code = qr(8).point(lambda level: 40 + level * 180 // 255).convert("L")
    draw = ImageDraw.Draw(code)
    for at in range(0, code.width, 5):
        draw.line((at, 0, at + 40, code.height), fill=130)
    return saved(code)


@kind("cmyk.jpg")  # as print shops write: four colours
def _cmyk() -> bytes:
    return saved(qr().convert("CMYK"), "JPEG")


@kind("palette-transparent.png")  # a palette with a transparent colour
def _palette() -> bytes:
    return saved(ImageOps.invert(qr()).convert("P"), transparency=0)


@kind("turned-by-exif.jpg")  # a telephone held upright
def _exif() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6
    return saved(qr().convert("RGB"), "JPEG", exif=exif)


@kind("one-bit.bmp")
def _one_bit() -> bytes:
    return saved(qr().convert("1"), "BMP")


@kind("progressive.jpg")
def _progressive() -> bytes:
    return saved(qr().convert("RGB"), "JPEG", progressive=True, quality=60)


@kind("second-page.tiff")
def _pages() -> bytes:
    return saved(_frames()[0], "TIFF", save_all=True, append_images=_frames()[1:])


@kind("icon.ico")
def _icon() -> bytes:
    return saved(qr(6).convert("RGBA"), "ICO", sizes=[(222, 222)])


@kind("second-frame.webp")
def _webp() -> bytes:
    first, second = (frame.convert("RGB") for frame in _frames())
    return saved(first, "WEBP", save_all=True, append_images=[second], duration=200, lossless=True)


@kind("terminal-swapped.png")  # qrip 1: the colours of a light terminal
def _terminal_swapped() -> bytes:
    return saved(terminal(1.3, swapped=True))


@kind("terminal-columns.png")  # qrcp 7: a font that leaves gaps between characters too
def _terminal_columns() -> bytes:
    return saved(terminal(1.25, gap_columns=2))


@kind("dark-page.png")  # a dark theme, the code on a light card
def _dark_page() -> bytes:
    return saved(on_page(qr(3), 1600, 900, (1100, 400), ground=18))


@kind("photo-12mp.jpg")  # opencv_contrib 3282: 4032 × 3024
def _photo() -> bytes:
    page = on_page(qr(9).rotate(11, expand=True, fillcolor=255), 4032, 3024, (2300, 1700))
    return saved(page.filter(ImageFilter.GaussianBlur(2)), "JPEG", quality=70)


@kind("own.svg")  # the gateway's own drawing
def _svg() -> bytes:
    return qr_image.svg(TEXT)


@kind("flattened-shadow-pale.png")  # uneven light and little contrast
def _shadow_pale() -> bytes:
    return saved(shaded(0.3).point(lambda level: 120 + level // 3))
