"""The options of commands that are settings, and the settings of a command: environment and options together."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from gateway.config import Settings

F = TypeVar("F", bound=Callable[..., Any])


def settings_from(**options: Any) -> Settings:
    """Settings of the environment, with the options that were given above them."""
    from pydantic import SecretStr

    from gateway.config import Settings
    from gateway.foundation.telemetry.masking import hide, passwords_of

    settings = Settings(**{name: value for name, value in options.items() if value is not None})
    for value in (secret.get_secret_value() for _, secret in settings if isinstance(secret, SecretStr)):
        hide(passwords_of(value) if "://" in value else [value, *value.split(",")])
    return settings


def serve_options(command: F) -> F:
    """The options of ``serve`` that are settings."""
    options = (
        click.option("--host", metavar="H", help="Address to listen on (127.0.0.1)."),
        click.option(
            "--port", type=click.IntRange(0, 65535), metavar="P", help="Port to listen on (8080); 0 takes a free one."
        ),
        click.option("--workers", type=click.IntRange(1, 64), metavar="N", help="Worker processes on that port (1)."),
        click.option("--sim/--no-sim", default=None, help="Turn the control plane of the simulation on: /sim/v1."),
        click.option("--seed", metavar="demo|FILE", help="People and units to start with."),
        click.option("--data-dir", type=click.Path(path_type=Path), metavar="D", help="Folder for all data."),
    )
    for option in reversed(options):
        command = option(command)
    return command
