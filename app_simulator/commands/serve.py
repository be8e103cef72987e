"""``app-simulator serve``: phones over REST, for tests in any language."""

from __future__ import annotations

from pathlib import Path

import click

from app_simulator.addresses import gateway_address
from app_simulator.terminal.command import Call, command
from app_simulator.texts import Texts
from scan_to_login.terminal.command_line import CommandLineError

DEFAULT_GATEWAY = "http://127.0.0.1:8080"


def build(t: Texts) -> click.Command:
    """The command."""
    return command(
        t,
        "serve",
        run,
        click.Option(["--host"], default="127.0.0.1", metavar="H", help=t("serve.host")),
        click.Option(["--port"], default=0, type=click.IntRange(0, 65535), metavar="P", help=t("serve.port")),
        click.Option(["--ready-file"], type=click.Path(path_type=Path), metavar="F", help=t("serve.ready_file")),
    )


def run(call: Call, host: str, port: int, ready_file: Path | None) -> None:
    """Serve until ^C."""
    # Imported here, since the other commands need no web server.
    from app_simulator.actor.phones import Phones
    from app_simulator.actor.rest import phones_app
    from scan_to_login.actor_server import serve

    phones = Phones(gateway_address(call.gateway or DEFAULT_GATEWAY), call.verify)
    try:
        serve(phones_app(phones), host, port, ready_file, click.echo)
    except OSError as error:
        raise CommandLineError(
            call.texts("serve.cannot", host=host, port=port, reason=error.strerror or error)
        ) from None
    finally:
        phones.close()
