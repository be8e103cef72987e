"""The subcommands of this room: each reads its options and calls one thing of the room."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from gateway.commands.chinese import say
from gateway.commands.failures import one_sentence
from gateway.commands.options import settings_from

_data_dir = click.option("--data-dir", type=click.Path(path_type=Path), metavar="D", help="Folder for all data.")


@click.command("rotate-keys")
@_data_dir
@one_sentence
def rotate_keys(**options: Any) -> None:
    """Sign the tokens of OAuth with new keys from now on, also where gateways are running.

    The keys before them stay published for a day, so that their tokens still verify.
    """
    from gateway.commands.upkeep.signing_keys import rotate

    click.echo(say("New keys sign from now on: {keys}", keys=" ".join(rotate(settings_from(**options)))))


COMMANDS = (rotate_keys,)
