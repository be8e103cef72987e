"""The characters that are allowed in names of programs and phones. Pure rules.

Programs and phones choose these names, and other people read them.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Final

from scan_to_login.field_rules import FieldRule, RuleBroken
from scan_to_login.rules.han import is_han

# Control, format (bidirectional marks, zero-width spaces), surrogates, private use; ends of lines and paragraphs.
_REFUSED: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
# Letters without a visible form: the fillers of Hangul and Khmer.
_BLANK_LETTERS: Final = frozenset("\u115f\u1160\u3164\uffa0\u17b4\u17b5")
# Zero-width joiner and non-joiner: Persian and Indian scripts need them for spelling, emoji for composition.
_JOINERS: Final = frozenset("\u200c\u200d")
_JOINED: Final = frozenset({"Lo", "Mn", "Mc", "So", "Sk"})


@lru_cache(256)
def checked_label(label: str) -> str:
    """``label`` itself, if every character in it is visible.

    Raises RuleBroken, which names the character, for one that is invisible or turns the text around, so that a client
    cannot look like another on the phone's page. A joiner may stand between two characters that are joined: letters of
    scripts without capitals other than Han, their marks, and symbols. Source: SECURITY.md 42, Unicode UTS 39.
    """
    for place, character in enumerate(label):
        if character in _JOINERS and _joined(label[place - 1 : place]) and _joined(label[place + 1 : place + 2]):
            continue
        if unicodedata.category(character) in _REFUSED or character in _BLANK_LETTERS:
            raise RuleBroken("name", FieldRule.LABEL_HIDDEN_CHARACTER, character=f"U+{ord(character):04X}")
    if not label.strip():
        raise RuleBroken("name", FieldRule.LABEL_BLANK)
    return label


def _joined(neighbour: str) -> bool:
    return bool(neighbour) and unicodedata.category(neighbour) in _JOINED and not is_han(neighbour)
