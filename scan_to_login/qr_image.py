"""A QR as an image, for clients that cannot draw one themselves."""

from __future__ import annotations

import io
from typing import Any

import qrcode
from qrcode.image.svg import SvgPathFillImage

_BORDER_MODULES = 4  # ISO/IEC 18004: the quiet zone


def svg(text: str) -> bytes:
    """A QR of ``text`` as SVG, black on white, with its quiet zone."""
    return _drawn(text, qrcode.QRCode(border=_BORDER_MODULES, image_factory=SvgPathFillImage))


def png(text: str, module_pixels: int = 8) -> bytes:
    """A QR of ``text`` as PNG, each module ``module_pixels`` wide. It takes milliseconds: do not run it on the hub."""
    return _drawn(text, qrcode.QRCode(border=_BORDER_MODULES, box_size=module_pixels))


def _drawn(text: str, code: qrcode.QRCode[Any]) -> bytes:
    code.add_data(text)
    code.make(fit=True)
    buffer = io.BytesIO()
    code.make_image().save(buffer)
    return buffer.getvalue()
