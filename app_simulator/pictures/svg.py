"""Draws the gateway's and the client's own SVG of a QR code as a picture: the squares of its paths. No other SVG.

It interprets numbers only, so that a file can neither load nor run anything.
"""

from __future__ import annotations

import re
from typing import Final

from PIL import Image, ImageDraw

MAX_BYTES: Final = 1024 * 1024
MODULE: Final = 8  # pixels
_NUMBER = r"\s*(-?\d{1,6}(?:\.\d{1,6})?)\s*"
_VIEW_BOX: Final = re.compile(rf'viewBox="{_NUMBER}{_NUMBER}{_NUMBER}{_NUMBER}"')
_SQUARE: Final = re.compile(rf"M{_NUMBER},{_NUMBER}H{_NUMBER}V{_NUMBER}H{_NUMBER}z", re.IGNORECASE)
_MOST_MODULES: Final = 400


def drawn_svg(content: bytes) -> Image.Image | None:
    """The picture of an SVG that consists of squares; None for any other content."""
    if len(content) > MAX_BYTES or not content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"<svg", b"<?xml")):
        return None
    text = content.decode("utf-8", "replace")
    box = _VIEW_BOX.search(text)
    squares = [tuple(map(float, square)) for square in _SQUARE.findall(text)]
    if box is None or not squares:
        return None
    left, top, width, height = map(float, box.groups())
    if not (0 < width <= _MOST_MODULES and 0 < height <= _MOST_MODULES):
        return None
    picture = Image.new("L", (round(width * MODULE), round(height * MODULE)), 255)
    draw = ImageDraw.Draw(picture)
    for x, y, right, bottom, _ in squares:
        if x < right and y < bottom:
            near = ((x - left) * MODULE, (y - top) * MODULE)
            draw.rectangle((*near, (right - left) * MODULE - 1, (bottom - top) * MODULE - 1), fill=0)
    return picture
