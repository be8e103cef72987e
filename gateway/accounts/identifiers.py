"""The stored form of the names that people type for an account (DESIGN.md section 5). Pure functions.

An identifier ignores full width, format characters such as U+202D (phones put it around a number that is copied from
the contacts), outer spaces, and in numbers inner spaces and +86. The X that ends an ID number may be small. A login
name keeps its case.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from typing import Final, NamedTuple


class Identifier(StrEnum):
    """The three ways to name an account at login."""

    PHONE = "phone"
    ID_NUMBER = "id_number"
    LOGIN_NAME = "login_name"


class Spelling(NamedTuple):
    """An identifier in its compared form, and its kind."""

    kind: Identifier
    text: str


_SPACED_NUMBER: Final = re.compile(r"\+?[0-9][0-9\s]*[Xx]?\Z", re.ASCII)
_COUNTRY: Final = "+86"
_PHONE: Final = re.compile(r"1[0-9]{10}\Z", re.ASCII)
_RESIDENT_ID: Final = re.compile(r"[0-9]{17}[0-9X]\Z", re.ASCII)


def folded(text: str) -> str:
    """``text`` in its compared form: NFKC, without format characters, with one kind of space.

    A second application changes nothing.
    """
    visible = "".join(character for character in text if unicodedata.category(character) != "Cf")
    return " ".join(unicodedata.normalize("NFKC", visible).split())


def spelling_of(identifier: str) -> Spelling:
    """The account name that an identifier stands for; equal for all ways to type it.

    The three kinds differ, since a login name is never digits alone.
    """
    text = folded(identifier)
    if _SPACED_NUMBER.match(text):
        number = text.replace(" ", "").upper()
        phone = number.removeprefix(_COUNTRY)
        if _PHONE.match(phone):
            return Spelling(Identifier.PHONE, phone)
        if _RESIDENT_ID.match(number):
            return Spelling(Identifier.ID_NUMBER, number)
    return Spelling(Identifier.LOGIN_NAME, text)
