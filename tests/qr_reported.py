"""Further pictures of the kinds in tests/qr_pictures.py, each named for the public report that it is drawn after."""

from __future__ import annotations

from typing import Any, Final

import qrcode
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageOps

from tests.qr_drawings import modules, on_page, qr, saved, shaded, slanted, terminal
from tests.qr_pictures import Kind

REPORTED: dict[str, Kind] = {}

AROUND: Final = (
    "\ufeff{}",  # brother_ql_web#101, EasyQRCodeJS#67
    " \ufeff {}\r\n",
    "ï»¿{}",  # the same, read as Latin-1
    "{}\x00",  # barcodescanner#216
    "\u200b{}\u200b",
    "\u202d{}\u202c",
    "{}\u3000",
    "URL:{}",  # SecScanQR#200
    "URLTO:{}",
    "]Q1{}",
    "]Q2\\000026{}",  # simple-qrcode#108, qr-code-bundle#25: from a hand scanner
    "<{}>",
    "“{}”",
)


def _scaled(picture: Image.Image, factor: float) -> Image.Image:
    size = (round(picture.width * factor), round(picture.height * factor))
    return picture.resize(size, Image.Resampling.BICUBIC)


# terminals: zed#27559, t3code#336 and emdash#2955 have line heights; qrcode-terminal#13 is Source Code Pro, Hack#81 too
REPORTED["terminal-hidpi.png"] = lambda: saved(_scaled(terminal(1.4), 1.5))
REPORTED["terminal-shrunk.png"] = lambda: saved(_scaled(terminal(1.4), 0.7))
REPORTED["terminal.jpg"] = lambda: saved(terminal(1.4), "JPEG", quality=40)
REPORTED["terminal-photographed.png"] = lambda: saved(
    terminal(1.4).rotate(2, Image.Resampling.BICUBIC, expand=True, fillcolor=24)
)
REPORTED["terminal-soft.png"] = lambda: saved(terminal(1.3).filter(ImageFilter.GaussianBlur(1.5)))
REPORTED["terminal-in-editor.png"] = lambda: saved(on_page(terminal(1.4), 1280, 720, (600, 150), ground=20))
REPORTED["terminal-full-blocks.png"] = lambda: saved(_full_blocks(4))
REPORTED["terminal-full-blocks-apart.png"] = lambda: saved(_full_blocks(8))


def _full_blocks(gap: int) -> Image.Image:
    """Two full blocks a module (create-react-native-app#384), ``gap`` pixels between the lines."""
    matrix = modules()
    side = len(matrix) + 8
    picture = Image.new("L", (side * 16 + 40, side * (16 + gap) + 40), 24)
    draw = ImageDraw.Draw(picture)
    for y in range(side):
        for x in range(side):
            inside = 4 <= x < side - 4 and 4 <= y < side - 4
            if not (inside and matrix[y - 4][x - 4]):
                left, top = 20 + x * 16, 20 + y * (16 + gap)
                draw.rectangle((left, top, left + 15, top + 15), fill=229)
    return picture


# light: BoofCV#286 (bright spots), jsQR#83, quirc#23, rqrr#57 (grey card on a dark page), WeChatQRCode#32 (glare)
REPORTED["half-in-shadow.png"] = lambda: saved(_half_in_shadow(0.25))
REPORTED["half-in-deep-shadow.png"] = lambda: saved(_half_in_shadow(0.1))
REPORTED["bright-spot.png"] = lambda: saved(_bright_spot())
REPORTED["grey-card.png"] = lambda: saved(_grey_card())
REPORTED["glare.png"] = lambda: saved(_glare())
REPORTED["inverted-in-shadow.png"] = lambda: saved(ImageOps.invert(shaded(0.3)))


def _half_in_shadow(light: float) -> Image.Image:
    code = qr()
    dark = code.point(lambda level: int((40 + level * 215 // 255) * light))
    half = Image.new("L", code.size, 0)
    ImageDraw.Draw(half).polygon([(0, 0), (code.width, 0), (0, code.height)], fill=255)
    code.paste(dark, mask=half)
    return code


def _bright_spot() -> Image.Image:
    code = qr().point(lambda level: 60 + level * 195 // 255)
    light = ImageOps.invert(Image.radial_gradient("L").resize(code.size)).point(lambda level: 30 + level * 225 // 255)
    return ImageChops.multiply(code, light)


def _grey_card() -> Image.Image:
    page = Image.new("L", (420, 420), 26)
    page.paste(qr(6).point(lambda level: level * 212 // 255), (60, 60))
    return _scaled(page, 0.73)


def _glare() -> Image.Image:
    code = qr()
    side = code.width
    ImageDraw.Draw(code).ellipse((side * 0.5, side * 0.45, side * 0.72, side * 0.67), fill=255)
    return code.filter(ImageFilter.GaussianBlur(2))


# colours: barcodescanner#140 and html5-qrcode#474 (yellow, green), html5-qrcode#444 (white on purple), zxing#773
REPORTED["yellow-on-white.png"] = lambda: saved(_coloured((255, 230, 0), (255, 255, 255)))
REPORTED["black-on-blue.png"] = lambda: saved(_coloured((0, 0, 0), (0, 0, 160)))
REPORTED["white-on-purple.png"] = lambda: saved(_coloured((255, 255, 255), (120, 60, 190)))


def _coloured(ink: tuple[int, int, int], ground: tuple[int, int, int]) -> Image.Image:
    picture = Image.new("RGB", qr().size, ink)
    picture.paste(ground, mask=qr())
    return picture


# shapes: zxing-cpp#1120 and #1149, flutter_zxing#223 (round and dotted finders), mobile_scanner#1284 (a pipe)
REPORTED["round-finders.png"] = lambda: saved(_with_finders("round"))
REPORTED["dotted-finders.png"] = lambda: saved(_with_finders("dotted"))
REPORTED["on-a-pipe.png"] = lambda: saved(_on_a_pipe(0.2))
REPORTED["slanted-and-turned.png"] = lambda: saved(
    slanted(0.4).rotate(25, Image.Resampling.BICUBIC, expand=True, fillcolor=255)
)


def _with_finders(shape: str) -> Image.Image:
    matrix = modules(correction=qrcode.ERROR_CORRECT_H)
    far, box = len(matrix) - 7, 12
    picture = qr(box, correction=qrcode.ERROR_CORRECT_H)
    draw = ImageDraw.Draw(picture)
    for column, row in ((0, 0), (far, 0), (0, far)):
        left, top = (column + 4) * box, (row + 4) * box
        draw.rectangle((left, top, left + 7 * box - 1, top + 7 * box - 1), fill=255)
        if shape == "round":
            for inset, ink in ((0, 0), (1, 255), (2, 0)):
                near, wide = inset * box, (7 - inset) * box - 1
                draw.ellipse((left + near, top + near, left + wide, top + wide), fill=ink)
            continue
        for x in range(7):
            for y in range(7):
                if {x, y} & {0, 6} or (2 <= x <= 4 and 2 <= y <= 4):
                    at = (left + x * box, top + y * box)
                    draw.ellipse((at[0] + 1, at[1] + 1, at[0] + box - 2, at[1] + box - 2), fill=0)
    return picture


def _on_a_pipe(bend: float) -> Image.Image:
    flat = ImageOps.expand(qr(), 40, 255)
    width, height = flat.size

    def bent(x: float) -> float:
        away = (x - width / 2) / (width / 2)
        return width / 2 + away * (1 + bend * away * away) * width / 2 / (1 + bend)

    strips: list[Any] = []
    for left in range(0, width, 8):
        right = min(width, left + 8)
        corners = (bent(left), 0, bent(left), height, bent(right), height, bent(right), 0)
        strips.append(((left, 0, right, height), corners))
    return flat.transform(flat.size, Image.Transform.MESH, strips, Image.Resampling.BICUBIC)


# sharpness: zxing-cpp#1034 and #585 (out of focus), jsQR#143 (a moving camera)
REPORTED["out-of-focus.png"] = lambda: saved(qr(8).filter(ImageFilter.GaussianBlur(5)))
REPORTED["moved.png"] = lambda: saved(_moved(9))


def _moved(pixels: int) -> Image.Image:
    code = qr(8)
    mean = code
    for step in range(1, pixels):
        mean = Image.blend(mean, ImageChops.offset(code, step, 0), 1 / (step + 1))
    return mean


# modes and formats: iiif#19 (I;16B), Pillow#6765 and #4819 (16 bits, floats), #4926 (transparency), scanners' fax
REPORTED["big-endian.tiff"] = lambda: saved(
    Image.frombytes("I;16B", qr().size, b"".join(bytes([level, 0]) for level in qr().tobytes())), "TIFF"
)
REPORTED["floats.tiff"] = lambda: saved(qr().convert("F").point(lambda level: level * (1 / 255) + 0), "TIFF")
REPORTED["cmyk.tiff"] = lambda: saved(qr().convert("CMYK"), "TIFF")
REPORTED["fax.tiff"] = lambda: saved(qr().convert("1"), "TIFF", compression="group4")
REPORTED["scan.pgm"] = lambda: saved(qr(), "PPM")
REPORTED["hole.webp"] = lambda: saved(_hole(), "WEBP", lossless=True)
REPORTED["half-transparent.png"] = lambda: saved(_half_transparent())


def _hole() -> Image.Image:
    picture = Image.new("RGBA", qr().size, "white")
    picture.putalpha(qr())
    return picture


def _half_transparent() -> Image.Image:
    picture = Image.new("RGBA", qr().size, "black")
    picture.putalpha(qr().point(lambda level: 128 - level // 2))
    return picture


# frames: photopea#1125 (animated WEBP), a GIF whose later frames hold changes alone
REPORTED["late-frame.gif"] = lambda: _film("GIF", 12)
REPORTED["late-frame.png"] = lambda: _film("PNG", 8)
REPORTED["changes-alone.gif"] = lambda: saved(
    _upper_half_white(), "GIF", save_all=True, append_images=[qr()], duration=50
)


def _film(format_: str, frames: int) -> bytes:
    first, *others = [Image.new("L", qr().size, 255 - at) for at in range(frames)]
    others[-2] = qr()
    return saved(first, format_, save_all=True, append_images=others, duration=50)


def _upper_half_white() -> Image.Image:
    code = qr()
    code.paste(255, (0, 0, code.width, code.height // 2))
    return code


# size: html5-qrcode#415, opencv_contrib#3282; a panorama, a long screenshot of a telephone
REPORTED["longest-screenshot.png"] = lambda: saved(on_page(qr(3), 1080, 20000, (430, 16300)))
REPORTED["panorama.png"] = lambda: saved(on_page(qr(4), 20000, 1080, (15430, 300)))
LARGE: Final = frozenset({"longest-screenshot.png", "panorama.png"})
"""Those that take seconds."""
REPORTED["text-around.png"] = lambda: saved(on_page(qr(6, border=1), 900, 600, (300, 100), ground=255))
REPORTED["stretched.png"] = lambda: saved(qr(6).resize((700, 260)))
