"""The client's sentences: its own, and those that it shares with the other programs."""

from __future__ import annotations

from collections.abc import Mapping

from client_stub.errors import ClientError
from client_stub.terminal.texts import HELP, SCREEN, USAGE
from scan_to_login import messages
from scan_to_login.errors import Reason
from scan_to_login.messages import Language, printable
from scan_to_login.terminal.language import Text


def catalogue() -> Mapping[str, Text]:
    """The client's own texts, by key."""
    return {**SCREEN, **USAGE, **HELP}


class Catalog:
    """The sentences of the catalogues in one language: ``say("qr.written", path=path)``."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self._texts = catalogue()

    def __call__(self, key: str, /, **values: object) -> str:
        """The text of a key, with its placeholders filled in. Raises KeyError for an unknown key."""
        own = self._texts.get(key)
        if own is None:
            return messages.sentence(self.language, key, **values)
        text: str = getattr(own, self.language)
        if not values:
            return text
        return text.format(**{name: printable(v) if isinstance(v, str) else v for name, v in values.items()})


def sentence(error: ClientError, say: Catalog) -> str:
    """One sentence for a person, from the catalogue: the gateway's own sentence is for programmers of a client.

    An unknown code gets the gateway's sentence. If the gateway names a time to wait, the sentence names it too.
    """
    values = {name: _spoken(value) for name, value in error.extra.items()}
    return messages.problem_sentence(
        error.code, say.language, error.extra, program="client", values=values, otherwise=error.detail
    )


def _spoken(value: object) -> object:
    return messages.Key(f"reason.{value.name.lower()}") if isinstance(value, Reason) else value
