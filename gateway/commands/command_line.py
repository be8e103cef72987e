"""What every ``gateway`` command has in common: one language, one sentence for what stops it, lines of findings."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import click
from pydantic import ValidationError

from gateway.commands.chinese import HELP, complaint, say
from gateway.config import env_name
from gateway.foundation.errors import Refusal
from scan_to_login.errors import StartupError
from scan_to_login.terminal.click_words import speak, translate
from scan_to_login.terminal.language import choose_language

F = TypeVar("F", bound=Callable[..., Any])


class InOneLanguage(click.Group):
    """A group of commands whose help and errors are in the language of the environment."""

    def main(self, *arguments: Any, **options: Any) -> Any:
        """Run the command line as click does."""
        language = choose_language(None, os.environ)
        speak(language)
        if language == "zh":
            translate(self, HELP)
        return super().main(*arguments, **options)


def one_sentence(command: F) -> F:
    """Show what stops a command as one sentence, without a traceback."""

    @wraps(command)
    def run(*arguments: Any, **options: Any) -> Any:
        try:
            return command(*arguments, **options)
        except StartupError as error:
            raise click.ClickException(sentence(str(error))) from None
        except Refusal as refusal:
            raise click.ClickException(refusal.detail or refusal.code) from None
        except ValidationError as error:
            raise click.ClickException(what_is_wrong(error)) from None

    return run  # type: ignore[return-value]


def what_is_wrong(error: ValidationError) -> str:
    """The first setting whose value will not do, and why."""
    first = error.errors()[0]
    name = str(first["loc"][0]) if first["loc"] else "setting"
    return sentence(f"{env_name(name)}{say(': ')}{complaint(first)}")


def sentence(words: str) -> str:
    """What a library said, made one sentence that ends as sentences do."""
    words = " ".join(words.replace("Value error, ", "").split()).replace(".. ", ". ").rstrip(".")
    if words.endswith(("?", "!", "？", "！", "。")):
        return words
    return f"{words}。" if re.search("[一-鿿]", words) else f"{words}."


def finding(outcome: str, color: str, name: str, words: str) -> None:
    """Print one line of ``doctor``."""
    click.echo(f"{click.style(say(outcome), fg=color)}  {say(name)}{say(': ')}{words}")
