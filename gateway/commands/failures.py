"""How a command ends that cannot go on: one sentence on standard error, no traceback, exit code 1."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

import click

from gateway.commands.chinese import complaint, say
from scan_to_login.terminal.language import choose_language

if TYPE_CHECKING:
    from pydantic import ValidationError

    from gateway.foundation.errors import Refusal
    from scan_to_login.messages import Language

F = TypeVar("F", bound=Callable[..., Any])


def one_sentence(command: F) -> F:
    """Show what stops a command as one sentence, without a traceback."""

    @wraps(command)
    def run(*arguments: Any, **options: Any) -> Any:
        try:
            return command(*arguments, **options)
        except (click.ClickException, click.Abort, click.exceptions.Exit):
            raise
        except Exception as error:
            sentence = _sentence_of(error, choose_language(options.get("lang"), os.environ))
            if sentence is None:
                raise
            raise click.ClickException(sentence) from None

    return run  # type: ignore[return-value]


def _sentence_of(error: Exception, language: Language) -> str | None:
    """What stops the command; None for a fault. The classes are imported here: help and usage errors need none."""
    from scan_to_login.errors import StartupError

    if isinstance(error, StartupError):
        return as_sentence(error.said(language))
    from gateway.foundation.errors import Refusal

    if isinstance(error, Refusal):
        return _of_refusal(error, language)
    from pydantic import ValidationError

    return what_is_wrong(error) if isinstance(error, ValidationError) else None


def _of_refusal(refusal: Refusal, language: Language) -> str:
    """What a use case refused: its own words in English, those of its code in Chinese; and the fields."""
    from scan_to_login.messages import detail_of, field_sentence

    said = refusal.detail if refusal.detail and language == "en" else detail_of(refusal.code, language)
    return " ".join([said, *(field_sentence(error, language) for error in refusal.extra.get("errors", ()))])


def what_is_wrong(error: ValidationError) -> str:
    """The first setting that is refused, by its environment variable, and why: one sentence."""
    from gateway.config import env_name

    first = error.errors()[0]
    name = str(first["loc"][0]) if first["loc"] else "setting"
    return as_sentence(f"{env_name(name)}{say(': ')}{complaint(first)}")


def as_sentence(words: str) -> str:
    """A library's message as one sentence with the full stop of its language."""
    words = " ".join(words.replace("Value error, ", "").split()).replace(".. ", ". ").rstrip(".")
    if words.endswith(("?", "!", "？", "！", "。")):
        return words
    return f"{words}。" if re.search("[一-鿿]", words) else f"{words}."
