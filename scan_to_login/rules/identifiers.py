"""The stored form of the names that people type for an account (DESIGN.md section 5). Pure functions.

An identifier ignores full width, format characters such as U+202D (phones put it around a number that is copied from
the contacts), outer spaces, and in numbers inner spaces, hyphens, brackets and +86. The X that ends an ID number may be
small. A login name keeps its case.
"""

from __future__ import annotations

import re
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


_COUNTRY: Final = re.compile(r"(?:\+|00)?86(?=1[0-9]{10}\Z)", re.ASCII)
_PHONE: Final = re.compile(r"1[0-9]{10}\Z", re.ASCII)
_RESIDENT_ID: Final = re.compile(r"[0-9]{17}[0-9X]\Z", re.ASCII)


def folded_phone(phone: str) -> str:
    """A phone number in its compared form: without the country code of China."""
    return _COUNTRY.sub("", folded_number(phone))


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
