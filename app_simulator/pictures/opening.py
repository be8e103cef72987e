"""Opening an image file as grey pictures: every frame, on white and on black, with its whole range of brightness.

Memory and time are bounded before pixels are decoded: the file's size, pixels of one and of all frames.
"""

from __future__ import annotations

import io
import time
import warnings
from collections.abc import Iterator
from typing import Final

from PIL import Image, ImageChops, UnidentifiedImageError, features

from app_simulator.errors import PhoneCode, PhoneError
from app_simulator.pictures.svg import drawn_svg

MAX_BYTES: Final = 32 * 1024 * 1024
MAX_PIXELS: Final = 64_000_000
MAX_FRAMES: Final = 300
FRAMES_SECONDS: Final = 2.0
# Formats of browsers, screenshot tools, scanners and cameras; Pillow's other decoders are not used.
FORMATS: Final = ("PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF", "PPM", "ICO")
# Difference of two channels from which a picture counts as colourful: grey may hide a code in it.
COLOURFUL: Final = 40

_HEIF_BRANDS: Final = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")


def grey_pictures(content: bytes) -> Iterator[Image.Image]:
    """The image as grey pictures: each frame once, or on white and on black where it has transparent parts.

    Raises PhoneError: ``qr_empty``, ``qr_image_too_large``, ``qr_format`` (a format that is known and not read here),
    ``qr_not_an_image``, ``qr_broken_image``.
    """
    for image in _frames(content):
        try:
            grounds = _on_grounds(image) if image.has_transparency_data else [image]
            pictures = [_grey(one) for one in grounds]
        except Exception:  # noqa: BLE001 - whatever a mode's conversion raises, the file is at fault
            raise PhoneError.own(PhoneCode.QR_BROKEN_IMAGE) from None
        yield from pictures


def colour_channels(content: bytes) -> Iterator[Image.Image]:
    """Red, green and blue of a colourful image's first frame: two colours can have the same grey."""
    image = next(_frames(content), None)
    if image is None or image.mode not in ("RGB", "RGBA", "P", "CMYK", "YCbCr"):
        return
    red, green, blue = image.convert("RGB").split()
    for one, other in ((red, green), (green, blue)):
        if ImageChops.difference(one, other).getextrema()[1] >= COLOURFUL:  # type: ignore[operator]
            yield from (red, green, blue)
            return


def _frames(content: bytes) -> Iterator[Image.Image]:
    """The frames of an image, as many as the limits allow, without those that repeat an earlier one."""
    if not content:
        raise PhoneError.own(PhoneCode.QR_EMPTY)
    if len(content) > MAX_BYTES:
        raise PhoneError.own(PhoneCode.QR_IMAGE_TOO_LARGE, size=f"> {MAX_BYTES // 1024 // 1024} MiB")
    if (drawn := drawn_svg(content)) is not None:
        yield drawn
        return
    began, pixels = time.monotonic(), 0
    seen: set[int] = set()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the size is checked below; a damaged tag does not matter
            image: Image.Image = Image.open(io.BytesIO(content), formats=_formats())
            for index in range(MAX_FRAMES):
                if index:
                    if getattr(image, "n_frames", 1) <= index:
                        return
                    image.seek(index)
                pixels += image.width * image.height
                if image.width * image.height > MAX_PIXELS:
                    raise PhoneError.own(PhoneCode.QR_IMAGE_TOO_LARGE, size=f"{image.width} x {image.height}")
                if index and (pixels > MAX_PIXELS or time.monotonic() - began > FRAMES_SECONDS):
                    return
                image.load()
                if getattr(image, "n_frames", 1) == 1:
                    yield image
                    return
                fingerprint = hash(image.tobytes())
                if fingerprint not in seen:
                    seen.add(fingerprint)
                    yield image.copy()
    except PhoneError:
        raise
    except UnidentifiedImageError:
        raise _unidentified(content) from None
    except Image.DecompressionBombError:
        raise PhoneError.own(PhoneCode.QR_IMAGE_TOO_LARGE, size=f"> {MAX_PIXELS} px") from None
    except Exception:  # noqa: BLE001 - Pillow's decoders raise nearly everything on a damaged file
        if not seen:
            raise PhoneError.own(PhoneCode.QR_BROKEN_IMAGE) from None
        # A later frame is damaged; the frames before it are kept.


def _formats() -> tuple[str, ...]:
    """Pillow 11.3 and newer have AVIF, unless they were built without; a format that it has not is a KeyError to it."""
    return (*FORMATS, "AVIF") if features.check("avif") else FORMATS


def _unidentified(content: bytes) -> PhoneError:
    """The error for a file that Pillow does not know."""
    start = content[:1024].lstrip()
    if content[4:8] == b"ftyp" and content[8:12] in _HEIF_BRANDS:
        known = "HEIC"
    elif content[4:8] == b"ftyp" and content[8:12] in (b"avif", b"avis"):
        known = "AVIF"
    elif start.startswith(b"%PDF-"):
        known = "PDF"
    elif b"<svg" in start.lower():
        known = "SVG"
    elif content.startswith((b"\xff\x4f\xff\x51", b"\x00\x00\x00\x0cjP  \r\n")):
        known = "JPEG 2000"
    elif content[:2] == b"\xff\x0a" or content[4:8] == b"JXL ":
        known = "JPEG XL"
    else:
        return PhoneError.own(PhoneCode.QR_NOT_AN_IMAGE)
    return PhoneError.own(PhoneCode.QR_FORMAT, format=known)


def _on_grounds(image: Image.Image) -> list[Image.Image]:
    image = image.convert("RGBA")
    return [Image.alpha_composite(Image.new("RGBA", image.size, ground), image) for ground in ("white", "black")]


def _grey(image: Image.Image) -> Image.Image:
    """An image of any mode as eight bits of grey; more bits are stretched to them from the range that is used."""
    if image.mode.startswith(("I", "F")):
        deep = image.convert("F")
        low, high = deep.getextrema()
        scale = 255 / ((high - low) or 1)  # type: ignore[operator]
        return deep.point(lambda value: value * scale - low * scale).convert("L")  # type: ignore[operator]
    if image.mode == "LAB":
        return image.getchannel("L")
    if image.mode in ("1", "L", "LA", "RGB", "RGBA", "P", "PA"):
        return image.convert("L")
    return image.convert("RGB").convert("L")
