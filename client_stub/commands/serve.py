"""``client-stub serve``: desktop clients over REST, for tests in any language."""

from __future__ import annotations

from pathlib import Path

import click

from client_stub.terminal.catalog import Catalog
from scan_to_login.terminal.command_line import Command, CommandLineError

DEFAULT_GATEWAY = "http://127.0.0.1:8080"


def build(say: Catalog) -> click.Command:
    """The command."""

    def run(gateway: str, host: str, port: int, ready_file: Path | None, ca_file: str | None) -> None:
        # Imported here, since the other commands need no web server.
        from client_stub.actor.clients import Clients
        from client_stub.actor.rest import clients_app
        from scan_to_login.actor_server import serve

        clients = Clients(gateway, ca_file or True)
        try:
            serve(clients_app(clients), host, port, ready_file, click.echo)
        except OSError as error:
            sentence = say("serve.cannot", host=host, port=port, reason=error.strerror or error)
            raise CommandLineError(sentence) from None
        finally:
            clients.close()

    return Command(
        "serve",
        language=say.language,
        callback=run,
        help=say("help.serve"),
        short_help=say("help.serve"),
        params=[
            click.Option(
                ["--gateway"],
                metavar="URL",
                envvar="PAIRING_GATEWAY",
                default=DEFAULT_GATEWAY,
                show_default=True,
                help=say("help.gateway"),
            ),
            click.Option(["--host"], metavar="H", default="127.0.0.1", show_default=True, help=say("help.host")),
            click.Option(
                ["--port"],
                metavar="P",
                type=click.IntRange(0, 65535),
                default=0,
                show_default=True,
                help=say("help.port"),
            ),
            click.Option(["--ready-file"], metavar="F", type=click.Path(path_type=Path), help=say("help.ready_file")),
            click.Option(
                ["--ca-file"], type=click.Path(exists=True, dir_okay=False), metavar="PEM", help=say("help.ca_file")
            ),
        ],
    )
