"""Reading a QR code out of an image (a file, its bytes, a screenshot of a whole page), and whose it is.

Rotated, inverted and small codes are found (zxing-cpp). An image with two different codes is refused
and not guessed at: which one a person meant is not in the image.
"""

from __future__ import annotations

import io
import os
import warnings
from dataclasses import dataclass
from pathlib import Path

import zxingcpp
from PIL import Image, UnidentifiedImageError

from app_simulator.addresses import same_door
from app_simulator.errors import PhoneCode, PhoneError
from scan_to_login.qr_payload import QrKind, QrRefused, origin_of, read_qr

Source = str | os.PathLike[str] | bytes
"""A QR code: the text it holds (str), an image file (a path object), or an image's bytes."""

MAX_BYTES = 32 * 1024 * 1024
MAX_PIXELS = 64_000_000
# Formats that browsers, screenshot tools and cameras write; the rest of Pillow's decoders stay shut.
FORMATS = ("PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF", "PPM")


@dataclass(frozen=True, slots=True)
class Qr:
    """What a QR code of a gateway says: its kind, and a ticket_id, a taxpayer_id or nothing."""

    kind: QrKind
    argument: str


def read(source: Source, gateway_url: str) -> Qr:
    """What a QR code says, if it is one of this gateway.

    Raises PhoneError: ``qr_not_an_address``, ``qr_foreign_origin`` (``qr_other_name`` where both are
    this machine under two names), ``qr_unknown_kind``, and those of
    ``read_image``.
    """
    text = source if isinstance(source, str) else read_image(source)
    try:
        return Qr(*read_qr(text, gateway_url))
    except QrRefused as refused:
        if refused.reason != "foreign_origin":
            raise PhoneError.own(PhoneCode(f"qr_{refused.reason}")) from None
        found, expected = origin_of(text.strip()), origin_of(gateway_url)
        # localhost and 127.0.0.1 are two origins; who mixed them up is told, not left to wonder.
        code = PhoneCode.QR_OTHER_NAME if same_door(found, expected) else PhoneCode.QR_FOREIGN_ORIGIN
        raise PhoneError.own(code, found=found, expected=expected) from None


def read_image(source: bytes | os.PathLike[str]) -> str:
    """The text of the QR code in an image: its bytes, or its file.

    Raises PhoneError: ``qr_file``, ``qr_empty``, ``qr_not_an_image``, ``qr_broken_image``,
    ``qr_image_too_large``, ``qr_none``, ``qr_several`` (different texts; the same code shown twice is one).
    """
    content = source if isinstance(source, bytes) else _content_of(source)
    if not content:
        raise PhoneError.own(PhoneCode.QR_EMPTY)
    if len(content) > MAX_BYTES:
        raise PhoneError.own(PhoneCode.QR_IMAGE_TOO_LARGE, size=f"> {MAX_BYTES // 1024 // 1024} MiB")
    found: set[str] = set()
    for picture in _pictures(content):
        found = {code.text for code in _codes(picture)}
        if found:
            break
    if not found:
        raise PhoneError.own(PhoneCode.QR_NONE)
    if len(found) > 1:
        raise PhoneError.own(PhoneCode.QR_SEVERAL, count=len(found))
    return found.pop()


def _content_of(path: os.PathLike[str]) -> bytes:
    try:
        with Path(path).open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise PhoneError.own(PhoneCode.QR_FILE, path=os.fspath(path), reason=reason) from None


def _codes(picture: Image.Image) -> list[zxingcpp.Barcode]:
    found = zxingcpp.read_barcodes(
        picture,
        formats=zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode]),
        text_mode=zxingcpp.TextMode.Plain,
    )
    return [code for code in found if code.valid]


def _pictures(content: bytes) -> list[Image.Image]:
    """The image in grey: once, or, where it has transparent parts, on white and on black."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # the size is checked below
            image: Image.Image = Image.open(io.BytesIO(content), formats=FORMATS)
            if image.width * image.height > MAX_PIXELS:
                raise PhoneError.own(PhoneCode.QR_IMAGE_TOO_LARGE, size=f"{image.width} x {image.height}")
            image.load()
    except UnidentifiedImageError:
        raise PhoneError.own(PhoneCode.QR_NOT_AN_IMAGE) from None
    except Image.DecompressionBombError:
        raise PhoneError.own(PhoneCode.QR_IMAGE_TOO_LARGE, size=f"> {MAX_PIXELS} px") from None
    except (OSError, SyntaxError, ValueError, EOFError, IndexError, OverflowError):
        # What Pillow's decoders raise on a file that was cut off or damaged.
        raise PhoneError.own(PhoneCode.QR_BROKEN_IMAGE) from None
    if image.mode.startswith("I"):  # 16 bits a pixel, of which "L" would keep the low eight
        return [image.convert("I").point([value >> 8 for value in range(65536)], "L")]
    if not image.has_transparency_data:
        return [image.convert("L")]
    image = image.convert("RGBA")
    return [
        Image.alpha_composite(Image.new("RGBA", image.size, ground), image).convert("L")
        for ground in ("white", "black")
    ]
