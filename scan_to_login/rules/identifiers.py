"""The stored form of the names that people type for an account (DESIGN.md section 5). Pure functions.

An identifier ignores full width, characters that show nothing, such as U+202D (phones put it around a number that is
copied from the contacts), outer spaces, and in numbers inner spaces, hyphens and brackets, in phone numbers punctuation
and +86 too. The X that ends an ID number may be small. A login name keeps its case.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from typing import Final, NamedTuple

from scan_to_login.rules.typed import folded, folded_number


class Identifier(StrEnum):
    """The three ways to name an account at login."""

    PHONE = "phone"
    ID_NUMBER = "id_number"
    LOGIN_NAME = "login_name"


class Spelling(NamedTuple):
    """An identifier in its compared form, and its kind."""

    kind: Identifier
    text: str


# Before the 11 digits: a link's scheme, the country's code (twice, where an address book added it), the 0 of a call
# to another area.
_BEFORE: Final = re.compile(r"(?:TEL:)?(?:(?:\+|00|\+00)?86){0,2}0?(?=1[0-9]{10}\Z)", re.ASCII)
_PHONE: Final = re.compile(r"1[0-9]{10}\Z", re.ASCII)
_RESIDENT_ID: Final = re.compile(r"[0-9]{17}[0-9X]\Z", re.ASCII)


def folded_phone(phone: str) -> str:
    """A phone number in its compared form: without the country code of China, or punctuation between the digits."""
    number = folded_number(phone)
    compact = _BEFORE.sub("", "".join(character for character in number if not _is_punctuation(character)))
    return compact if _PHONE.match(compact) else number


def _is_punctuation(character: str) -> bool:
    return character != ":" and unicodedata.category(character) == "Po"


def spelling_of(identifier: str) -> Spelling:
    """The account name that an identifier stands for; equal for all ways to type it.

    The three kinds differ, since a login name is never digits alone.
    """
    number = folded_phone(identifier)
    if _PHONE.match(number):
        return Spelling(Identifier.PHONE, number)
    if _RESIDENT_ID.match(number):
        return Spelling(Identifier.ID_NUMBER, number)
    return Spelling(Identifier.LOGIN_NAME, folded(identifier))


# 18 characters (GB 32100-2015), or one of the numbers that were given before: 15, or 20 for some persons.
_TAXPAYER_ID: Final = re.compile(r"[0-9A-Z]{15}(?:[0-9A-Z]{3}|[0-9A-Z]{5})?")


def is_taxpayer_id(text: str) -> bool:
    """Whether a text has the form of a taxpayer number, so that no seed is asked for its alias."""
    return _TAXPAYER_ID.fullmatch(text) is not None
