"""Closing the gaps that a terminal leaves between its lines (line height) and its characters (letter spacing).

Stripes of the terminal's background cut a QR code that is drawn with half blocks. The stripes have equal distances, and
nothing changes along their rows. This module finds these rows and removes them.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from itertools import groupby, pairwise

from PIL import Image, ImageChops, ImageOps

# The changes along a stripe's row are less than this share of those along a row with modules.
QUIET = 0.4
MOST_PIXELS = 16_000_000


def gaps_closed(picture: Image.Image) -> Iterator[Image.Image]:
    """The picture without the stripes between its lines and between its columns."""
    if picture.width * picture.height > MOST_PIXELS:
        return
    for part in _parts(picture):
        rows = _without_stripes(part)
        if rows is not None:
            yield rows
        turned = _without_stripes((rows or part).transpose(Image.Transpose.TRANSPOSE))
        if turned is not None:
            yield turned.transpose(Image.Transpose.TRANSPOSE)


def _parts(picture: Image.Image) -> Iterator[Image.Image]:
    """The whole, then its halves and its middle: content beside a terminal hides the stripes."""
    width, height = picture.size
    yield picture
    for left, right in ((0, width // 2), (width // 4, width * 3 // 4), (width // 2, width)):
        yield picture.crop((left, 0, right, height))


def _without_stripes(picture: Image.Image) -> Image.Image | None:
    """The picture without its regular stripes; None if it has none."""
    stripes = _stripes(_changes(picture))
    if not stripes:
        return None
    kept = Image.new("L", picture.size)
    to = at = 0
    for top, bottom in [*stripes, (picture.height, picture.height)]:
        if top > at:
            kept.paste(picture.crop((0, at, picture.width, top)), (0, to))
            to += top - at
        at = max(at, bottom)
    return kept.crop((0, 0, picture.width, to)) if to >= 21 else None


def _changes(picture: Image.Image) -> list[int]:
    """How much each row changes from pixel to pixel, as a mean."""
    sharp = ImageOps.autocontrast(picture)
    moved = ImageChops.difference(sharp.crop((1, 0, *sharp.size)), sharp.crop((0, 0, sharp.width - 1, sharp.height)))
    column = moved.convert("F").resize((1, picture.height), Image.Resampling.BOX)
    return [round(value * 16) for value in array("f", column.tobytes())]


def _stripes(changes: list[int]) -> list[tuple[int, int]]:
    """Where regular stripes lie, as (first row, row after the last), over the whole height."""
    lively = sorted(changes)[len(changes) * 3 // 4]
    runs: list[tuple[bool, int, int]] = []
    at = 0
    for quiet, rows in groupby(change < lively * QUIET for change in changes):
        length = len(list(rows))
        runs.append((quiet, at, length))
        at += length
    inner = [(start, length) for quiet, start, length in runs[1:-1] if quiet]
    if len(inner) < 8:
        return []
    usual = sorted(length for _, length in inner)[len(inner) // 2]
    stripes = [(start, length) for start, length in inner if length <= usual + 1]
    steps = sorted(later[0] - sooner[0] for sooner, later in pairwise(stripes))
    step = steps[len(steps) // 2]
    if usual * 2 > step or step < 3:
        return []
    # The exact distance, a fraction: over all stripes that follow one another at about that distance.
    near = [(sooner[0], later[0]) for sooner, later in pairwise(stripes) if abs(later[0] - sooner[0] - step) <= 1]
    if len(near) < 6:
        return []
    exact = sum(later - sooner for sooner, later in near) / len(near)
    known = dict(stripes)
    found = []
    first = near[0][0] - int(near[0][0] / exact) * exact
    row = first
    while row < len(changes):
        start = next((round(row) + by for by in (0, -1, 1) if round(row) + by in known), None)
        if start is not None:
            row = start
        begin = round(row)
        found.append((begin, min(len(changes), begin + known.get(begin, usual))))
        row += exact
    return found
