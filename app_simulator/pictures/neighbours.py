"""Filters that look at many neighbours of each pixel, by a few operations of whole pictures each."""

from __future__ import annotations

from collections.abc import Iterator
from math import log

from PIL import Image, ImageChops, ImageFilter, ImageOps

_DOWN, _ACROSS = (0, 1), (1, 0)
# Gaps between the lines of a terminal, in pixels; those between its characters are never wider.
_GAPS = (7, 5, 10, 3, 14)
# Wider than the widest dark square of a code at its usual sizes, three modules.
_WINDOWS = (32, 64)
# A share of the ground is a difference of logarithms; half of it becomes half of the range.
_LOGARITHMS = [round(255 * log(1 + level) / log(256)) for level in range(256)]
_SHARES = [max(0, 255 - 4 * difference) for difference in range(256)]
_DEBLURRED_PIXELS = 400_000
_DEBLURRED_RADIUS, _DEBLURRED_TIMES = 5, 10


def bridged(picture: Image.Image) -> Iterator[Image.Image]:
    """The picture with narrow dark gaps in what is light closed, and light ones in what is dark.

    Gaps between the lines of a terminal, whatever stands beside it, enlarged, compressed or a little turned.
    """
    for directions in ((_DOWN,), (_DOWN, _ACROSS)):
        for gap in _GAPS:
            yield _closed(picture, gap, directions)
            yield ImageOps.invert(_closed(ImageOps.invert(picture), gap, directions))


def evenly_lit(picture: Image.Image) -> Iterator[Image.Image]:
    """The picture in even light: each pixel beside the light ground around it. The edges of shadows stay sharp."""
    for window in _WINDOWS:
        ground = _closed(picture, window, (_DOWN, _ACROSS))
        yield ImageChops.subtract(ground.point(_LOGARITHMS), picture.point(_LOGARITHMS)).point(_SHARES)


def deblurred(picture: Image.Image) -> Image.Image:
    """The picture with a blur of about five pixels taken back step by step (van Cittert)."""
    size = picture.width * picture.height
    if size > _DEBLURRED_PIXELS:
        factor = (_DEBLURRED_PIXELS / size) ** 0.5
        picture = picture.resize((round(picture.width * factor), round(picture.height * factor)), Image.Resampling.BOX)
    sharp = picture
    for _ in range(_DEBLURRED_TIMES):
        missing = ImageChops.subtract(picture, sharp.filter(ImageFilter.GaussianBlur(_DEBLURRED_RADIUS)), 1, 128)
        sharp = ImageChops.add(sharp, missing, 1, -128)
    return sharp


def _closed(picture: Image.Image, pixels: int, directions: tuple[tuple[int, int], ...]) -> Image.Image:
    """Without dark places narrower than ``pixels`` in each of the directions."""
    wide = ImageOps.expand(picture, pixels, 0)
    for lighten in (ImageChops.lighter, ImageChops.darker):
        for x, y in directions:
            # The lightest of 2, 4, 8 … pixels that follow one another, then the darkest of those that precede.
            sign, done = (-1 if lighten is ImageChops.lighter else 1), 1
            while done < pixels:
                step = min(done, pixels - done)
                wide = lighten(wide, ImageChops.offset(wide, sign * x * step, sign * y * step))
                done += step
    return wide.crop((pixels, pixels, pixels + picture.width, pixels + picture.height))
