"""Who a person is on paper: document types, their numbers, names, and how each is masked.

Pure rules. The manual's section on registration names the five documents; the formats are those of
GB 11643-1999 (resident ID card) and of the exit and entry administration (all others).
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from itertools import pairwise
from typing import Final

from stdnum.cn import ric

from gateway.foundation.han import is_han
from scan_to_login.protocol import IdType

OLDEST_PERSON_YEARS: Final = 130
NAME_LENGTH: Final = (2, 50)
NAME_DOT: Final = "·"


ID_TYPE_NAMES: Final = {
    IdType.RESIDENT_ID: ("居民身份证", "Resident ID card"),
    IdType.PASSPORT: ("外国护照", "Passport"),
    IdType.HK_MACAU_PERMIT: ("港澳居民来往内地通行证", "Mainland travel permit for Hong Kong and Macau residents"),
    IdType.TAIWAN_PERMIT: ("台湾居民来往大陆通行证", "Mainland travel permit for Taiwan residents"),
    IdType.FOREIGN_PERMANENT_RESIDENT: ("外国人永久居留身份证", "Foreigner's permanent residence ID card"),
}

_FORMATS: Final = {
    IdType.RESIDENT_ID: (r"[1-8][0-9]{16}[0-9X]", "18 characters: 17 digits and a check digit (0-9 or X)"),
    IdType.PASSPORT: (
        r"(?=[A-Z]*[0-9])[A-Z0-9]{5,15}",
        "5 to 15 capital letters and digits, at least one of them a digit",
    ),
    IdType.HK_MACAU_PERMIT: (r"[HM][0-9]{8}(?:[0-9]{2})?", "H or M and 8 digits, or 10 on the older book"),
    IdType.TAIWAN_PERMIT: (r"[0-9]{8}(?:[0-9]{2}[A-Z]?)?", "8 digits, or 10 and perhaps a letter on the older book"),
    IdType.FOREIGN_PERMANENT_RESIDENT: (
        r"[A-Z]{3}[0-9]{12}|9[0-9]{16}[0-9X]",
        "3 letters and 12 digits, or 18 characters that begin with 9 (cards since 2023)",
    ),
}
_PATTERNS: Final = {kind: re.compile(rf"(?:{pattern})\Z", re.ASCII) for kind, (pattern, _) in _FORMATS.items()}

# The first two digits of a resident ID (GB/T 2260); 81 to 83 are the residence permits of Hong Kong, Macau and Taiwan.
_PROVINCES: Final = re.compile("1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]")
# What keyboards give for the dot of a transliterated name.
_DOTS: Final = str.maketrans(dict.fromkeys("•‧∙⋅・･．", NAME_DOT))
_NAME_JOINTS: Final = frozenset(f"{NAME_DOT} -'’.")
_MOBILE: Final = re.compile(r"1[3-9][0-9]{9}\Z", re.ASCII)


class DocumentRefused(ValueError):  # noqa: N818 - it is an answer, not a fault
    """A name, number or phone breaks a rule; the text says which and how it should look."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field
        self.sentence = sentence


def checked_number(id_type: IdType, number: str, today: date) -> str:
    """The document number as it is stored: without outer white space, in capital letters.

    ``today`` is the date of the gateway's clock, that nobody was born after.
    Raises DocumentRefused that names the expected format.
    """
    compact = number.strip().upper()
    if not _PATTERNS[id_type].match(compact):
        raise DocumentRefused("id_number", f"{ID_TYPE_NAMES[id_type][1]}: {_FORMATS[id_type][1]}.")
    if id_type is IdType.RESIDENT_ID and not _PROVINCES.match(compact):
        raise DocumentRefused("id_number", "Resident ID card: the first two digits name no province (GB/T 2260).")
    if len(compact) == 18 and id_type in (IdType.RESIDENT_ID, IdType.FOREIGN_PERMANENT_RESIDENT):
        _check_gb_11643(compact, today)
    return compact


def _check_gb_11643(number: str, today: date) -> None:
    if ric.calc_check_digit(number) != number[-1]:
        raise DocumentRefused("id_number", "The check digit is wrong (GB 11643): compare the number with the card.")
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise DocumentRefused("id_number", "The number holds no date of birth in its digits 7 to 14.") from None
    if born > today or today.year - born.year > OLDEST_PERSON_YEARS:
        raise DocumentRefused("id_number", "The date of birth in the number cannot be: compare it with the card.")


def checked_name(name: str) -> str:
    """A person's name as it is stored: composed (NFC), with ``·`` for every kind of middle dot.

    2 to 50 characters, each code point counted once, those beyond the Basic Multilingual Plane too;
    letters of any script, and between them ``·``, space, hyphen, apostrophe or full stop.
    Raises DocumentRefused.
    """
    composed = unicodedata.normalize("NFC", name.strip().translate(_DOTS))
    shortest, longest = NAME_LENGTH
    if not shortest <= len(composed) <= longest:
        raise DocumentRefused("name", f"A name has {shortest} to {longest} characters.")
    for character in composed:
        if character not in _NAME_JOINTS and not _is_name_letter(character):
            raise DocumentRefused(
                "name", f"A name holds letters and, between them, {NAME_DOT}: not U+{ord(character):04X}."
            )
    if composed[0] in _NAME_JOINTS or composed[-1] in _NAME_JOINTS - {"."}:
        raise DocumentRefused("name", f"A name neither begins nor ends with {NAME_DOT}.")
    if any(a == b == NAME_DOT for a, b in pairwise(composed)):
        raise DocumentRefused("name", f"A name has one {NAME_DOT} at a time.")
    return composed


def _is_name_letter(character: str) -> bool:
    # Marks (Mn, Mc) carry vowels in some scripts and variation selectors in Chinese names.
    return is_han(character) or unicodedata.category(character) in ("Lu", "Ll", "Lt", "Lo", "Lm", "Mn", "Mc")


def checked_phone(phone: str) -> str:
    """A mainland mobile number of 11 digits. Raises DocumentRefused."""
    compact = phone.strip()
    if not _MOBILE.match(compact):
        raise DocumentRefused("phone", "A mobile number has 11 digits and begins with 13 to 19.")
    return compact


def masked_number(number: str) -> str:
    """A document number with its first and last character alone: ``1****************X``."""
    return number[0] + "*" * (len(number) - 2) + number[-1]


def masked_phone(phone: str) -> str:
    """A phone number with its first three and last four digits alone: ``138****0001``."""
    return f"{phone[:3]}****{phone[-4:]}"
