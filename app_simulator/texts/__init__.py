"""The texts of the phone's command line, in English and Chinese; its errors are in ``scan_to_login.messages``.

The modules beside this one each hold a ``TEXTS``: key → (English, Chinese). A new command brings its
texts as a new module; nothing is registered by hand. A test holds that each key has both languages
and the same placeholders in both.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
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


def has_text(key: str) -> bool:
    """Whether the catalogue has a text for ``key``."""
    return key in catalogue()
