"""What people type to name an account, in the one form in which it is compared (DESIGN.md section 5). Pure functions.

Full width, format characters such as U+202D (phones put it around a number that is copied from the contacts), outer
spaces, and in numbers inner spaces and +86 are no part of an identifier. Neither is the case of the X that ends an ID
number; the case of a login name is.
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
    """An identifier as it is compared, and which of the three it is."""

    kind: Identifier
    text: str


_SPACED_NUMBER: Final = re.compile(r"\+?[0-9][0-9\s]*[Xx]?\Z", re.ASCII)
_COUNTRY: Final = "+86"
_PHONE: Final = re.compile(r"1[0-9]{10}\Z", re.ASCII)
_RESIDENT_ID: Final = re.compile(r"[0-9]{17}[0-9X]\Z", re.ASCII)


def folded(text: str) -> str:
    """``text`` as it is compared: compatibility forms composed (NFKC), no format characters, one kind of space.

    Doing it twice changes nothing.
    """
    visible = "".join(character for character in text if unicodedata.category(character) != "Cf")
    return " ".join(unicodedata.normalize("NFKC", visible).split())


def spelling_of(identifier: str) -> Spelling:
    """Which account an identifier names; equal for all ways to type it.

    The three kinds cannot be mistaken for one another, since a login name is never digits alone.
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
