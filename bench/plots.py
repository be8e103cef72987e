"""Bars as SVG, which a page shows without a script."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from typing import Self

_LEFT, _WIDTH, _ROW = 230, 400, 28


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
            colour = "#2a6fb0" if bar.name.startswith("gateway") else "#9aa5b1"
            parts += [
                f'<text x="10" y="{y + 15}">{bar.name}</text>',
                f'<rect x="{_LEFT}" y="{y}" width="{value:.1f}" height="20" fill="{colour}"/>',
                f'<path d="M{_LEFT + low:.1f} {y + 10}H{_LEFT + high:.1f}" stroke="#222"/>',
                f'<text x="{_LEFT + 8 + max(value, high):.1f}" y="{y + 15}">{bar.value:,.{self.digits}f}</text>',
            ]
        return "\n".join([*parts, "</g></svg>"]) + "\n"
