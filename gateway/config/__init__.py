"""Every setting: its name, its default, and what it does; one file a group.

A setting ``tickets_pending_seconds`` is read from ``PAIRING_TICKETS_PENDING_SECONDS``, in any case. ``gateway
settings`` prints them as a table; a test holds ``docs/reference/settings.md`` against it.
"""

import os
from pathlib import Path
from typing import Any

from pydantic import ConfigDict, SecretStr

from gateway.config.limits import LimitSettings
from gateway.config.oauth import OAuthSettings
from gateway.config.people import PeopleSettings
from gateway.config.serving import ServingSettings
from gateway.config.simulation import SimulationSettings
from gateway.config.storage import StorageSettings
from gateway.config.tickets import TicketSettings

ENV_PREFIX = "PAIRING_"
HOME = "the user's data directory"
ALSO_READ_FROM = {"redis_url": "REDIS_URL"}


# Pydantic lists the fields of the last base first.
class Settings(
    SimulationSettings, LimitSettings, OAuthSettings, PeopleSettings, TicketSettings, StorageSettings, ServingSettings
):
    """The gateway's settings: what is given here, else what the environment gives; immutable once read.

    Raises ValidationError.
    """

    model_config = ConfigDict(extra="ignore", frozen=True, validate_default=True, defer_build=False)

    def __init__(self, **given: Any) -> None:
        super().__init__(**{**_of_environment(), **given})

    @classmethod
    def table(cls) -> list[tuple[str, str, str]]:
        """Rows of environment name, default as text, and help, group by group."""
        return [
            (env_name(name), _shown(field.get_default(call_default_factory=True)), field.description or "")
            for name, field in cls.model_fields.items()
        ]


def _of_environment() -> dict[str, str]:
    variables = {name.upper(): value for name, value in os.environ.items()}
    found = {
        name: variables.get(env_name(name), variables.get(ALSO_READ_FROM.get(name, "")))
        for name in Settings.model_fields
    }
    return {name: value for name, value in found.items() if value is not None}


def env_name(setting: str) -> str:
    """Environment variable of a setting."""
    return f"{ENV_PREFIX}{setting.upper()}"


def _shown(default: Any) -> str:
    if isinstance(default, SecretStr):
        return default.get_secret_value()
    if isinstance(default, Path):
        return HOME
    if default is None:
        return ""
    if isinstance(default, tuple):
        return ",".join(default)
    return str(default)
