"""What the phone's command line says, in English and Chinese; its errors are in ``scan_to_login.messages``.

The modules beside this one each hold a ``TEXTS``: key → (English, Chinese). A new command brings its
texts as a new module; nothing is registered by hand. A test holds that each key has both languages
and the same placeholders in both.
"""

from __future__ import annotations

import importlib
import os
import pkgutil
from collections.abc import Mapping, Sequence
from functools import cache

from scan_to_login.messages import LANGUAGES, Language


@cache
def catalogue() -> Mapping[str, tuple[str, str]]:
    """All texts: key → (English, Chinese). Raises ValueError for a key that two modules claim."""
    texts: dict[str, tuple[str, str]] = {}
    for module in pkgutil.iter_modules(__path__):
        found: Mapping[str, tuple[str, str]] = importlib.import_module(f"{__name__}.{module.name}").TEXTS
        if twice := texts.keys() & found.keys():
            raise ValueError(f"texts/{module.name}.py repeats {sorted(twice)}")
        texts.update(found)
    return texts


class Texts:
    """The catalogue in one language: ``texts("scan.confirmed", name="…")``."""

    def __init__(self, language: Language = "en") -> None:
        self.language = language
        self._column = LANGUAGES.index(language)

    def __call__(self, key: str, /, **values: object) -> str:
        """The sentence of ``key`` with its placeholders filled in. Raises KeyError for an unknown key."""
        return catalogue()[key][self._column].format(**values)


def language_of(arguments: Sequence[str] = (), environment: Mapping[str, str] | None = None) -> Language:
    """The language to speak: ``--lang`` of the arguments, else PAIRING_LANG, else LC_ALL or LANG, else English.

    It is known before the command line is parsed, for the help and the errors of parsing speak it too.
    """
    env = os.environ if environment is None else environment
    asked = ""
    for position, argument in enumerate(arguments):
        if argument == "--lang" and position + 1 < len(arguments):
            asked = arguments[position + 1]
        elif argument.startswith("--lang="):
            asked = argument.removeprefix("--lang=")
    for wish in (asked, env.get("PAIRING_LANG", ""), env.get("LC_ALL", "") or env.get("LANG", "")):
        for language in LANGUAGES:
            if wish.lower().startswith(language):
                return language
    return "en"
