"""Short codes that people read, hear and type: registration codes, captchas, SMS codes.

All from the operating system's random source (``secrets``), never from ``random``.
"""

from __future__ import annotations

import re
import secrets
from typing import Final

from scan_to_login.rules.typed import folded_number

# Without 0 O, 1 I L: a person can read the hall's slip aloud without confusion.
REGISTRATION_ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
REGISTRATION_LENGTH: Final = 6
# Narrower for drawn and bent characters: also without 2 Z, 5 S, 8 B, U V.
CAPTCHA_ALPHABET: Final = "34679ACDEFGHJKMNPQRTWXY"
CAPTCHA_LENGTH: Final = 4
SMS_LENGTH: Final = 6

_REGISTRATION: Final = re.compile(rf"[{REGISTRATION_ALPHABET}]{{{REGISTRATION_LENGTH}}}\Z")


def new_registration_code() -> str:
    """6 letters and digits, at least one of each, without characters that look alike: 29 bits.

    The form is the manual's. Five wrong tries for its person void a code, which limits guessing.
    """
    while True:
        code = "".join(secrets.choice(REGISTRATION_ALPHABET) for _ in range(REGISTRATION_LENGTH))
        if any(character.isdigit() for character in code) and any(character.isalpha() for character in code):
            return code


def read_registration_code(text: str) -> str | None:
    """A typed registration code in stored form (capital letters), or None if it cannot be one."""
    code = folded_number(text)
    return code if _REGISTRATION.match(code) else None


def new_captcha_text() -> str:
    """The text of a captcha's image: 4 capital letters and digits."""
    return "".join(secrets.choice(CAPTCHA_ALPHABET) for _ in range(CAPTCHA_LENGTH))


def normal_captcha_answer(text: str) -> str:
    """A typed captcha answer in compared form: without white space, in half width, in one case."""
    return folded_number(text)


def new_sms_code() -> str:
    """6 random digits, leading zeros included."""
    return f"{secrets.randbelow(10**SMS_LENGTH):0{SMS_LENGTH}d}"
