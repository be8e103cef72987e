"""Taxpayer numbers (纳税人识别号): their format.

Pure rules. Since 2015 a unit's taxpayer number is its unified social credit code (GB 32100-2015) of 18 characters.
Before, it was the division where the unit is registered (GB/T 2260, 6 digits) and its organization code (GB 11714-1997,
9 characters): 15 characters, which some units still have.
"""

from __future__ import annotations

import re
from typing import Final

from stdnum.cn import uscc

_SPACES: Final = re.compile(r"[\s-]+")
_OLD: Final = re.compile(r"[1-8][0-9]{5}[0-9A-Z]{8}[0-9X]\Z", re.ASCII)
_FORM: Final = re.compile(r"[0-9A-Z]{15}(?:[0-9A-Z]{3})?\Z", re.ASCII)
_ORGANIZATION_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)
_DIGITS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class TaxpayerNumberRefused(ValueError):  # noqa: N818 - it is an answer, not a fault
    """A text is not a taxpayer number; ``sentence`` says why."""

    field = "taxpayer_id"

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def stored_form(text: str) -> str:
    """A text in the stored form of taxpayer numbers: capitals, no spaces. Checks nothing."""
    return _SPACES.sub("", text).upper()


def checked_taxpayer_id(text: str) -> str:
    """A taxpayer number in stored form: capitals, no spaces. Raises TaxpayerNumberRefused.

    A valid number does not mean that the unit exists.
    """
    number = stored_form(text)
    if len(number) == 18:
        if not uscc.is_valid(number):
            raise TaxpayerNumberRefused("The check digit is wrong (GB 32100): compare the number with the licence.")
        return number
    if len(number) == 15:
        if not _OLD.match(number) or organization_check_digit(number[6:14]) != number[14]:
            raise TaxpayerNumberRefused("The check digit is wrong (GB 11714): compare the number with the licence.")
        return number
    raise TaxpayerNumberRefused("A taxpayer number has 18 characters (or 15, where the unit has an older one).")


def has_form_of_taxpayer_id(text: str) -> bool:
    """Whether a text can be a stored number; no other text is looked up or logged."""
    return _FORM.match(text) is not None


def organization_check_digit(code: str) -> str:
    """The ninth character of an organization code, from its first eight (GB 11714-1997, 3.3.1)."""
    total = sum(
        _DIGITS.index(character) * weight for character, weight in zip(code, _ORGANIZATION_WEIGHTS, strict=True)
    )
    return "0123456789X"[(11 - total % 11) % 11]
