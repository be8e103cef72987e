"""Options that every command takes."""

from __future__ import annotations

import click

from client_stub.terminal.catalog import Catalog
from scan_to_login.messages import LANGUAGES


def language_parameter(say: Catalog) -> click.Option:
    """``--lang``, taken at every level; it has been read before the command line is parsed."""
    return click.Option(["--lang"], type=click.Choice(LANGUAGES), expose_value=False, help=say("help.lang"))
