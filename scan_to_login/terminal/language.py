"""The two languages:

How to choose one (``--lang``, else ``PAIRING_LANG``, the locale, English), and bilingual texts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from scan_to_login.messages import Language

_LOCALE: Final = ("LC_ALL", "LC_MESSAGES", "LANG")  # POSIX's order: the first that is set decides


def choose_language(asked: str | None, environment: Mapping[str, str]) -> Language:
    """The language for an option's value (or None) and an environment."""
    for wish in (asked, environment.get("PAIRING_LANG"), next(filter(None, map(environment.get, _LOCALE)), None)):
        if wish:
            return "zh" if wish.lower().startswith("zh") else "en"
    return "en"


def language_option(arguments: Sequence[str]) -> str | None:
    """The value of ``--lang`` before the command line is parsed, since its help is in that language too."""
    asked: str | None = None
    for place, argument in enumerate(arguments):
        if argument == "--":
            break
        if argument.startswith("--lang="):
            asked = argument.removeprefix("--lang=")
        elif argument == "--lang" and place + 1 < len(arguments):
            asked = arguments[place + 1]
    return asked


class Text(NamedTuple):
    """One sentence in both languages, with the same ``{placeholders}``."""

    en: str
    zh: str
