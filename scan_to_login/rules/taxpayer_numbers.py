"""Taxpayer numbers (纳税人识别号): their format. Pure rules; a valid number does not mean that the unit exists.

- 18 characters: the unified social credit code (GB 32100-2015), since 2015. Its alphabet has no I, O, S, V and Z. The
  first place is the registering authority (1 to 9, A, N, Y), the second the kind of unit, then follow 6 digits of a
  division, 9 characters of an organization code, and a check character.
- 15 characters, before: a division and an organization code (GB 11714-1997), or the owner's ID number of 15 digits.
- 20 characters: an individual business (个体工商户) before 2015: the owner's ID number and two digits.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import Final

from scan_to_login.field_rules import FieldRule, RuleBroken
from scan_to_login.rules.people import id_check_digit
from scan_to_login.rules.typed import folded_number

LONGEST: Final = 20
_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_CODE: Final = re.compile(rf"[{_ALPHABET}]{{2}}[0-9]{{6}}[{_ALPHABET}]{{10}}\Z", re.ASCII)
_CREDIT_WEIGHTS: Final = tuple(3**place % 31 for place in range(17))
_OLD: Final = re.compile(r"[1-8][0-9]{5}[0-9A-Z]{8}[0-9X]\Z", re.ASCII)
_ORGANIZATION_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)
_ORGANIZATION_ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_OLD_ID: Final = re.compile(r"[1-8][0-9]{14}\Z", re.ASCII)
_INDIVIDUAL: Final = re.compile(r"[1-8][0-9]{16}[0-9X][0-9]{2}\Z", re.ASCII)


@lru_cache(1024)
def checked_taxpayer_id(text: str) -> str:
    """A taxpayer number as it is stored: capitals in half width, no spaces or hyphens. Raises RuleBroken."""
    number = folded_number(text)
    check = _CHECKS.get(len(number))
    if check is None:
        raise RuleBroken("taxpayer_id", FieldRule.TAXPAYER_ID_LENGTH)
    if broken := check(number):
        raise RuleBroken("taxpayer_id", broken)
    return number


def taxpayer_id_or_empty(text: str) -> str:
    """The same for a number in a path: empty for what is no taxpayer number. No unit has the empty one."""
    try:
        return checked_taxpayer_id(text)
    except RuleBroken:
        return ""


def credit_code_check_character(code: str) -> str:
    """The last character of a credit code, from its first 17 (GB 32100-2015, 4.2)."""
    total = sum(
        _ALPHABET.index(character) * weight for character, weight in zip(code[:17], _CREDIT_WEIGHTS, strict=True)
    )
    return _ALPHABET[-total % 31]


def organization_check_digit(code: str) -> str:
    """The ninth character of an organization code, from its first eight (GB 11714-1997, 3.3.1)."""
    total = sum(
        _ORGANIZATION_ALPHABET.index(character) * weight
        for character, weight in zip(code, _ORGANIZATION_WEIGHTS, strict=True)
    )
    return "0123456789X"[(11 - total % 11) % 11]


def _credit_code(number: str) -> FieldRule | None:
    if not _CREDIT_CODE.match(number):
        return FieldRule.CREDIT_CODE_FORM
    return None if credit_code_check_character(number) == number[17] else FieldRule.CREDIT_CODE_CHECK_DIGIT


def _older(number: str) -> FieldRule | None:
    if not _OLD.match(number):
        return FieldRule.ORGANIZATION_CODE_FORM
    if organization_check_digit(number[6:14]) == number[14] or _is_old_id(number):
        return None
    return FieldRule.ORGANIZATION_CODE_CHECK_DIGIT


def _individual_business(number: str) -> FieldRule | None:
    if not _INDIVIDUAL.match(number) or not _is_date(number[6:14]):
        return FieldRule.INDIVIDUAL_BUSINESS_FORM
    return None if id_check_digit(number[:17]) == number[17] else FieldRule.INDIVIDUAL_BUSINESS_CHECK_DIGIT


def _is_old_id(number: str) -> bool:
    """Whether this is an ID number of 15 digits (before 1999): division, birth date of 6 digits, 3 digits."""
    return _OLD_ID.match(number) is not None and _is_date(f"19{number[6:12]}")


def _is_date(digits: str) -> bool:
    try:
        date.fromisoformat(digits)
    except ValueError:
        return False
    return True


_CHECKS: Final = {15: _older, 18: _credit_code, LONGEST: _individual_business}
