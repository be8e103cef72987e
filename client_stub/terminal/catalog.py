"""How the client says something: a sentence of its own, or of what it shares with the other programs."""

from __future__ import annotations

from collections.abc import Mapping

from client_stub.errors import ClientError
from client_stub.terminal.texts import HELP, SCREEN, USAGE
from scan_to_login import messages
from scan_to_login.http_client import Reason
from scan_to_login.messages import Language, printable
from scan_to_login.terminal.language import Text


def catalogue() -> Mapping[str, Text]:
    """Every text of the client's own by its key."""
    return {**SCREEN, **USAGE, **HELP}


class Catalog:
    """Takes sentences from the catalogues in one language: ``say("qr.written", path=path)``."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self._texts = catalogue()

    def __call__(self, key: str, /, **values: object) -> str:
        """The text of a key, with its placeholders filled. Raises KeyError for an unknown key."""
        own = self._texts.get(key)
        if own is None:
            return messages.sentence(self.language, key, **values)
        text: str = getattr(own, self.language)
        if not values:
            return text
        return text.format(**{name: printable(v) if isinstance(v, str) else v for name, v in values.items()})


def sentence(error: ClientError, say: Catalog) -> str:
    """One sentence for a person: the catalogue's, for the gateway's own speaks to those who program a client.

    What the catalogue has no text for is told in the gateway's words. Where the gateway says when to come back,
    so does the sentence.
    """
    values = {name: _spoken(value) for name, value in error.extra.items()}
    return messages.problem_sentence(
        error.code, say.language, error.extra, program="client", values=values, otherwise=error.detail
    )


def _spoken(value: object) -> object:
    return messages.Key(f"reason.{value.name.lower()}") if isinstance(value, Reason) else value
