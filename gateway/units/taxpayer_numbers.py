"""Taxpayer numbers (纳税人识别号): their format.

Pure rules. Since 2015 a unit's taxpayer number is its unified social credit code (GB 32100-2015) of 18 characters.
Before, it was the division where the unit is registered (GB/T 2260, 6 digits) and its organization code (GB 11714-1997,
9 characters): 15 characters, which some units still have.
"""

from __future__ import annotations

import re
from typing import Final

from stdnum.cn import uscc

from gateway.foundation.errors import RuleBroken
from scan_to_login.field_rules import FieldRule

_SPACES: Final = re.compile(r"[\s-]+")
_OLD: Final = re.compile(r"[1-8][0-9]{5}[0-9A-Z]{8}[0-9X]\Z", re.ASCII)
_FORM: Final = re.compile(r"[0-9A-Z]{15}(?:[0-9A-Z]{3})?\Z", re.ASCII)
_ORGANIZATION_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)
_DIGITS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def stored_form(text: str) -> str:
    """A text in the stored form of taxpayer numbers: capitals, no spaces. Checks nothing."""
    return _SPACES.sub("", text).upper()


def checked_taxpayer_id(text: str) -> str:
    """A taxpayer number as it is stored: capitals, no spaces. Raises RuleBroken.

    A valid number does not mean that the unit exists.
    """
    number = stored_form(text)
    if len(number) == 18:
        if not uscc.is_valid(number):
            raise RuleBroken("taxpayer_id", FieldRule.CREDIT_CODE_CHECK_DIGIT)
        return number
    if len(number) == 15:
        if not _OLD.match(number) or organization_check_digit(number[6:14]) != number[14]:
            raise RuleBroken("taxpayer_id", FieldRule.ORGANIZATION_CODE_CHECK_DIGIT)
        return number
    raise RuleBroken("taxpayer_id", FieldRule.TAXPAYER_ID_LENGTH)


def has_form_of_taxpayer_id(text: str) -> bool:
    """Whether a text can be a stored number; no other text is looked up or logged."""
    return _FORM.match(text) is not None


def organization_check_digit(code: str) -> str:
    """The ninth character of an organization code, from its first eight (GB 11714-1997, 3.3.1)."""
    total = sum(
        _DIGITS.index(character) * weight for character, weight in zip(code, _ORGANIZATION_WEIGHTS, strict=True)
    )
    return "0123456789X"[(11 - total % 11) % 11]
