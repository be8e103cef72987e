"""Draw a captcha. About 20 ms of CPU: run it through the gateway's ``offload``, never on the hub."""

from __future__ import annotations

from typing import Final

from captcha.image import ImageCaptcha
from PIL import Image

WIDTH: Final = 160
HEIGHT: Final = 60

# Import the PNG writer here: a first use in a worker thread would take the import lock there.
Image.preinit()
_DRAWER: Final = ImageCaptcha(width=WIDTH, height=HEIGHT)
_FONTS: Final = _DRAWER.truefonts


def draw_captcha(text: str) -> bytes:
    """A PNG of 160 x 60 pixels that shows ``text``; takes no lock and writes no log (STACK.md 6)."""
    return bytes(_DRAWER.generate(text, format="png").getvalue())
