"""Login names and passwords by the rules of the tax office's manual (DESIGN.md section 5).

The manual differs from today's advice: SP 800-63B and ASVS 6.2.5, 6.2.9 forbid rules about character classes and allow
at least 64 characters. docs/security.md names the deviation.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from scan_to_login.field_rules import FieldRule, RuleBroken
from scan_to_login.rules.han import is_han
from scan_to_login.rules.typed import folded, folded_password

LOGIN_NAME_LENGTH: Final = (2, 16)
PASSWORD_LENGTH: Final = (8, 15)
PASSWORD_CLASSES: Final = 3

_ASCII_NAME: Final = re.compile(r"[A-Za-z0-9_]", re.ASCII)


def checked_login_name(login_name: str, field: str = "login_name") -> str:
    """A login name in stored form: see ``folded``. Case matters. Raises RuleBroken for the first rule that it breaks.

    Each code point counts once. Letters are A to Z and a to z, since a Greek letter may look the same but is a
    different character.
    """
    stored = folded(login_name)
    shortest, longest = LOGIN_NAME_LENGTH
    if not shortest <= len(stored) <= longest:
        raise RuleBroken(field, FieldRule.LOGIN_NAME_LENGTH, min=shortest, max=longest)
    if not all(_ASCII_NAME.match(character) or is_han(character) for character in stored):
        raise RuleBroken(field, FieldRule.LOGIN_NAME_CHARACTERS)
    if stored.isdigit():
        raise RuleBroken(field, FieldRule.LOGIN_NAME_DIGITS_ALONE)
    return stored


def checked_password(password: str, field: str = "password") -> str:
    """A password in compared form: see ``folded_password``. Raises RuleBroken for the first rule that it breaks.

    A special character is neither a letter nor a digit of any script nor white space. Letters of other scripts are
    allowed and belong to no class.
    """
    password = folded_password(password)
    shortest, longest = PASSWORD_LENGTH
    if not shortest <= len(password) <= longest:
        raise RuleBroken(field, FieldRule.PASSWORD_LENGTH, min=shortest, max=longest)
    categories = [unicodedata.category(character) for character in password]
    if any(category in ("Zs", "Zl", "Zp", "Cc", "Cf", "Cs") for category in categories):
        raise RuleBroken(field, FieldRule.PASSWORD_WHITE_SPACE)
    present = sum(
        (
            any("A" <= character <= "Z" for character in password),
            any("a" <= character <= "z" for character in password),
            any("0" <= character <= "9" for character in password),
            any(category[0] in ("P", "S") for category in categories),
        )
    )
    if present < PASSWORD_CLASSES:
        raise RuleBroken(field, FieldRule.PASSWORD_CLASSES)
    return password
