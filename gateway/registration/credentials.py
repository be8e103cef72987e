"""Login names and passwords by the rules of the tax office's manual (DESIGN.md section 5).

The manual differs from today's advice: SP 800-63B and ASVS 6.2.5, 6.2.9 forbid rules about character classes and allow
at least 64 characters. docs/security.md names the deviation.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from typing import Final

from gateway.foundation.han import is_han

LOGIN_NAME_LENGTH: Final = (2, 16)
PASSWORD_LENGTH: Final = (8, 15)
PASSWORD_CLASSES: Final = 3

_ASCII_NAME: Final = re.compile(r"[A-Za-z0-9_]", re.ASCII)


class Rule(StrEnum):
    """The rule that a login name or password breaks; ``rule`` in an error's ``errors``."""

    LOGIN_NAME_LENGTH = "login_name_length"
    LOGIN_NAME_CHARACTERS = "login_name_characters"
    LOGIN_NAME_DIGITS_ALONE = "login_name_digits_alone"
    PASSWORD_LENGTH = "password_length"
    PASSWORD_WHITE_SPACE = "password_white_space"
    PASSWORD_CLASSES = "password_classes"
    PASSWORD_REUSED = "password_reused"


SENTENCES: Final = {
    Rule.LOGIN_NAME_LENGTH: "A login name has 2 to 16 characters.",
    Rule.LOGIN_NAME_CHARACTERS: "A login name holds letters, digits, Chinese characters and underscores only.",
    Rule.LOGIN_NAME_DIGITS_ALONE: "A login name does not consist of digits alone.",
    Rule.PASSWORD_LENGTH: "A password has 8 to 15 characters.",
    Rule.PASSWORD_WHITE_SPACE: "A password holds no white space and no control characters.",
    Rule.PASSWORD_CLASSES: "A password holds three or more of: capitals, small letters, digits, special characters.",
    Rule.PASSWORD_REUSED: "The new password is not the old one.",
}


class RuleBroken(ValueError):  # noqa: N818 - it is an answer, not a fault
    """A login name or password breaks a rule. ``rule`` names it, and the text describes it without the value."""

    def __init__(self, field: str, rule: Rule) -> None:
        super().__init__(SENTENCES[rule])
        self.field = field
        self.rule = rule
        self.sentence = SENTENCES[rule]


def check_login_name(login_name: str, field: str = "login_name") -> None:
    """Raise RuleBroken for the first rule that a login name breaks. Case matters.

    Each code point counts once. Letters are A to Z and a to z, since a Greek or full-width letter may look the same but
    is a different character.
    """
    shortest, longest = LOGIN_NAME_LENGTH
    if not shortest <= len(login_name) <= longest:
        raise RuleBroken(field, Rule.LOGIN_NAME_LENGTH)
    if not all(_ASCII_NAME.match(character) or is_han(character) for character in login_name):
        raise RuleBroken(field, Rule.LOGIN_NAME_CHARACTERS)
    if login_name.isdigit():
        raise RuleBroken(field, Rule.LOGIN_NAME_DIGITS_ALONE)


def check_password(password: str, field: str = "password") -> None:
    """Raise RuleBroken for the first rule that a password breaks.

    A special character is neither a letter nor a digit of any script nor white space. Letters of other scripts are
    allowed and belong to no class.
    """
    shortest, longest = PASSWORD_LENGTH
    if not shortest <= len(password) <= longest:
        raise RuleBroken(field, Rule.PASSWORD_LENGTH)
    categories = [unicodedata.category(character) for character in password]
    if any(category in ("Zs", "Zl", "Zp", "Cc", "Cf", "Cs") for category in categories):
        raise RuleBroken(field, Rule.PASSWORD_WHITE_SPACE)
    present = sum(
        (
            any("A" <= character <= "Z" for character in password),
            any("a" <= character <= "z" for character in password),
            any("0" <= character <= "9" for character in password),
            any(category[0] in "PS" for category in categories),
        )
    )
    if present < PASSWORD_CLASSES:
        raise RuleBroken(field, Rule.PASSWORD_CLASSES)
