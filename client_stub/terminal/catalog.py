"""How the client says something: a sentence from the catalogue, in one of two languages."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Mapping
from typing import Final

from client_stub.errors import ClientError
from client_stub.terminal.error_texts import ERRORS, REASONS
from client_stub.terminal.texts import HELP, SCREEN, USAGE
from scan_to_login.http_client import Reason
from scan_to_login.terminal.language import Language, Text

_MINUTES_FROM: Final = 120  # seconds


def catalogue() -> Mapping[str, Text]:
    """Every text of the client by its key."""
    errors = {f"error.{code}": text for code, text in ERRORS.items()}
    reasons = {f"reason.{reason}": text for reason, text in REASONS.items()}
    return {**SCREEN, **USAGE, **HELP, **errors, **reasons}


def printable(text: str) -> str:
    """A text from the wire without control and formatting characters, so that it cannot drive the terminal."""
    return "".join(character if character.isprintable() else " " for character in text)


class Catalog:
    """Takes sentences from the catalogue in one language: ``say("qr.written", path=path)``."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self._texts = catalogue()

    def __call__(self, key: str, /, **values: object) -> str:
        """The text of a key, with its placeholders filled. Raises KeyError for an unknown key."""
        text: str = getattr(self._texts[key], self.language)
        if not values:
            return text
        return text.format(**{name: printable(v) if isinstance(v, str) else v for name, v in values.items()})

    def knows(self, key: str) -> bool:
        """Whether the catalogue has a key."""
        return key in self._texts


def sentence(error: ClientError, say: Catalog) -> str:
    """One sentence for a person: the catalogue's, for the gateway's own speaks to whoever programs a client.

    What the catalogue has no text for is told in the gateway's words. Where the gateway says when to come back,
    so does the sentence.
    """
    key = f"error.{error.code}"
    text = printable(error.detail)
    if say.knows(key):
        with contextlib.suppress(KeyError, IndexError):  # an answer without what the text tells
            text = say(key, **{name: _spoken(value, say) for name, value in error.extra.items()})
    seconds = error.retry_after
    if seconds is None:
        return text
    if seconds < _MINUTES_FROM:
        return text + say("again.seconds", seconds=math.ceil(seconds))
    return text + say("again.minutes", minutes=math.ceil(seconds / 60))


def _spoken(value: object, say: Catalog) -> object:
    return say(f"reason.{value}") if isinstance(value, Reason) else value
