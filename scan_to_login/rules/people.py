"""Identity documents: types, numbers, names, phones, and their masked forms.

Pure rules. The manual's section on registration names the five documents. The formats are those of GB 11643-1999
(resident ID card) and of the exit and entry administration (all others).
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from itertools import pairwise
from typing import Final

from stdnum.cn import ric

from scan_to_login.field_rules import FieldRule, RuleBroken
from scan_to_login.protocol import IdType
from scan_to_login.rules.han import is_han
from scan_to_login.rules.identifiers import folded_phone
from scan_to_login.rules.typed import NAME_DOT, folded_name, folded_number, tidied_name

OLDEST_PERSON_YEARS: Final = 130
NAME_LENGTH: Final = (1, 50)

_PATTERNS: Final = {
    kind: re.compile(rf"(?:{pattern})\Z", re.ASCII)
    for kind, pattern in {
        IdType.RESIDENT_ID: r"[1-8][0-9]{16}[0-9X]",
        IdType.PASSPORT: r"(?=[A-Z]*[0-9])[A-Z0-9]{5,15}",
        IdType.HK_MACAU_PERMIT: r"[HM][0-9]{8}(?:[0-9]{2})?",
        IdType.TAIWAN_PERMIT: r"[0-9]{8}(?:[0-9]{2}[A-Z]?)?",
        IdType.FOREIGN_PERMANENT_RESIDENT: r"[A-Z]{3}[0-9]{12}|9[0-9]{16}[0-9X]",  # the latter since 2023
    }.items()
}

# The first two digits of a resident ID (GB/T 2260); 81 to 83 are the residence permits of Hong Kong, Macau and Taiwan.
_PROVINCES: Final = re.compile("1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]")
_NAME_JOINTS: Final = frozenset(f"{NAME_DOT} -‐'’.")
_MOBILE: Final = re.compile(r"1[3-9][0-9]{9}\Z", re.ASCII)


def checked_number(id_type: IdType, number: str, today: date) -> str:
    """The document number in stored form: see ``folded_number``.

    ``today`` is the date of the gateway's clock, that nobody was born after.
    Raises RuleBroken.
    """
    compact = folded_number(number)
    if not _PATTERNS[id_type].match(compact):
        raise RuleBroken("id_number", FieldRule(f"{id_type}_form"))
    if id_type is IdType.RESIDENT_ID and not _PROVINCES.match(compact):
        raise RuleBroken("id_number", FieldRule.ID_NUMBER_PROVINCE)
    if len(compact) == 18 and id_type in (IdType.RESIDENT_ID, IdType.FOREIGN_PERMANENT_RESIDENT):
        _check_gb_11643(compact, today)
    return compact


def id_check_digit(first_17: str) -> str:
    """The last character of a resident ID number, from its 17 digits (GB 11643-1999, 6.2)."""
    return str(ric.calc_check_digit(f"{first_17}0"))


def _check_gb_11643(number: str, today: date) -> None:
    if id_check_digit(number[:17]) != number[17]:
        raise RuleBroken("id_number", FieldRule.ID_NUMBER_CHECK_DIGIT)
    try:
        born = date.fromisoformat(number[6:14])
    except ValueError:
        raise RuleBroken("id_number", FieldRule.ID_NUMBER_BIRTH_DATE) from None
    if born > today or today.year - born.year > OLDEST_PERSON_YEARS:
        raise RuleBroken("id_number", FieldRule.ID_NUMBER_AGE)


def checked_name(name: str) -> str:
    """A person's name in stored form: see ``tidied_name``; ``folded_name`` compares two.

    1 to 50 characters, each code point counted once, those beyond the Basic Multilingual Plane too;
    letters of any script, and between them ``·``, space, hyphen, apostrophe or full stop.
    Raises RuleBroken.
    """
    stored = tidied_name(name)
    shortest, longest = NAME_LENGTH
    if not shortest <= len(stored) <= longest:
        raise RuleBroken("name", FieldRule.NAME_LENGTH, min=shortest, max=longest)
    compared = folded_name(stored)
    for character in compared:
        if character not in _NAME_JOINTS and not _is_name_letter(character):
            raise RuleBroken("name", FieldRule.NAME_CHARACTER, character=f"U+{ord(character):04X}")
    if stored[0] in _NAME_JOINTS or stored[-1] in _NAME_JOINTS - {"."} or not compared:
        raise RuleBroken("name", FieldRule.NAME_ENDS)
    if any(a == b == NAME_DOT for a, b in pairwise(stored)):
        raise RuleBroken("name", FieldRule.NAME_DOTS)
    return stored


def _is_name_letter(character: str) -> bool:
    # Of a compared name, so without title case. Marks (Mn, Mc) carry vowels in some scripts.
    return is_han(character) or unicodedata.category(character) in ("Lu", "Ll", "Lo", "Lm", "Mn", "Mc")


def checked_phone(phone: str) -> str:
    """A mainland mobile number in stored form: 11 digits. Raises RuleBroken."""
    compact = folded_phone(phone)
    if not _MOBILE.match(compact):
        raise RuleBroken("phone", FieldRule.PHONE_FORM)
    return compact


def masked_phone(phone: str) -> str:
    """A phone number with only its first three and last four digits: ``138****0001``."""
    return f"{phone[:3]}****{phone[-4:]}"
