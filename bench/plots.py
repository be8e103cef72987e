"""Bars and curves as SVG, which a page shows without a script."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Self

_LEFT, _WIDTH, _ROW = 230, 400, 28
_PAGE = (760, 340)
_FIELD = (60, 44, 500, 250)  # left, top, width and height of a curve's field
_GATEWAY = ("gateway", "网关")
_OWN, _OTHERS = "#2a6fb0", ("#8a5a00", "#4d5964", "#9b2d5d")


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar as long as ``value``, and a line over it from ``low`` to ``high``."""

    name: str
    value: float
    low: float
    high: float

    @classmethod
    def of(cls, name: str, values: list[float]) -> Self:
        """The median, with the least and the most."""
        return cls(name, statistics.median(values), min(values), max(values))


@dataclass(frozen=True, slots=True)
class Plot:
    """Bars under a title that names the unit; the gateway's have a colour of their own."""

    file: str
    title: str
    bars: list[Bar]
    digits: int = 0

    @property
    def empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not self.bars

    def translated(self, file: str, words: Callable[[str], str]) -> Plot:
        """The same as ``file``, in other words."""
        bars = [replace(bar, name=words(bar.name)) for bar in self.bars]
        return replace(self, file=file, title=words(self.title), bars=bars)

    def svg(self) -> str:
        """The picture."""
        most = max(bar.high for bar in self.bars) or 1.0
        height = 40 + _ROW * len(self.bars)
        parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 760 {height}" role="img" aria-label="{self.title}">',
            '<g font-family="sans-serif" font-size="13">',
            f'<rect width="760" height="{height}" fill="#fff"/>',
            f'<text x="10" y="22" font-weight="bold">{self.title}</text>',
        ]
        for number, bar in enumerate(self.bars):
            y = 36 + _ROW * number
            value, low, high = (_WIDTH * amount / most for amount in (bar.value, bar.low, bar.high))
            colour = _OWN if bar.name.startswith(_GATEWAY) else "#9aa5b1"
            parts += [
                f'<text x="10" y="{y + 15}">{bar.name}</text>',
                f'<rect x="{_LEFT}" y="{y}" width="{value:.1f}" height="20" fill="{colour}"/>',
                f'<path d="M{_LEFT + low:.1f} {y + 10}H{_LEFT + high:.1f}" stroke="#222"/>',
                f'<text x="{_LEFT + 8 + max(value, high):.1f}" y="{y + 15}">{bar.value:,.{self.digits}f}</text>',
            ]
        return "\n".join([*parts, "</g></svg>"]) + "\n"


@dataclass(frozen=True, slots=True)
class Curves:
    """Lines from point to point, both axes from 0; ``across`` says what the horizontal one counts."""

    file: str
    title: str
    across: str
    lines: dict[str, list[tuple[float, float]]]
    digits: int = 1

    @property
    def empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not any(self.lines.values())

    def translated(self, file: str, words: Callable[[str], str]) -> Curves:
        """The same as ``file``, in other words."""
        lines = {words(name): line for name, line in self.lines.items()}
        return replace(self, file=file, title=words(self.title), across=words(self.across), lines=lines)

    def svg(self) -> str:
        """The picture; each line is named at its end, and each point has its value."""
        left, top, width, height = _FIELD
        points = [point for line in self.lines.values() for point in line]
        right_most, highest = max(x for x, _ in points) or 1.0, max(y for _, y in points) or 1.0
        base, page = top + height, f"{_PAGE[0]} {_PAGE[1]}"
        parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {page}" role="img" aria-label="{self.title}">',
            '<g font-family="sans-serif" font-size="13">',
            f'<rect width="{_PAGE[0]}" height="{_PAGE[1]}" fill="#fff"/>',
            f'<text x="10" y="22" font-weight="bold">{self.title}</text>',
            f'<path d="M{left} {top}V{base}H{left + width}" fill="none" stroke="#222"/>',
            f'<text x="{left}" y="{_PAGE[1] - 8}">{self.across}</text>',
        ]
        for x in sorted({x for x, _ in points}):
            at = left + width * x / right_most
            parts.append(f'<text x="{at:.0f}" y="{base + 18}" text-anchor="middle">{x:,.0f}</text>')
        others = iter(_OTHERS * len(self.lines))
        for name, line in self.lines.items():
            colour = _OWN if name.startswith(_GATEWAY) else next(others)
            drawn = [(left + width * x / right_most, base - height * y / highest, y) for x, y in line]
            path = "L".join(f"{x:.1f} {y:.1f}" for x, y, _ in drawn)
            parts.append(f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
            for x, y, value in drawn:
                parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>')
                shown = f"{value:,.{self.digits}f}"
                parts.append(f'<text x="{x:.1f}" y="{y - 8:.1f}" text-anchor="middle" fill="{colour}">{shown}</text>')
            x, y, _ = drawn[-1]
            parts.append(f'<text x="{x + 30:.1f}" y="{y + 4:.1f}" fill="{colour}">{name}</text>')
        return "\n".join([*parts, "</g></svg>"]) + "\n"
