"""What every ``gateway`` command has in common: one language, and lines of findings."""

from __future__ import annotations

import os
import signal
import sys
from typing import Any, Final

import click

from gateway.commands.chinese import HELP, say
from scan_to_login.terminal.click_words import speak, translate
from scan_to_login.terminal.language import choose_language

INTERRUPTED: Final = 128 + int(signal.SIGINT)


class InOneLanguage(click.Group):
    """A group of commands whose help and errors are in the language of the environment."""

    def main(self, *arguments: Any, **options: Any) -> Any:
        """Run the command line as click does."""
        language = choose_language(None, os.environ)
        speak(language)
        if language == "zh":
            translate(self, HELP)
        return super().main(*arguments, **options)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; ^C ends it with 130, as in the other programs."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            sys.exit(INTERRUPTED)


def finding(outcome: str, color: str, name: str, words: str) -> None:
    """Print one line of ``doctor``."""
    click.echo(f"{click.style(say(outcome), fg=color)}  {say(name)}{say(': ')}{words}")
