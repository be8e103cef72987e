"""The present settings: each value, its origin, and its bounds."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping
from typing import Any, Final

from pydantic import SecretStr

from gateway.config import ENV_PREFIX, Settings, env_name
from gateway.foundation.telemetry.masking import shown_url

# Variables of phones, clients, tests and the build; the gateway does not read them.
OTHER_VARIABLES: Final = frozenset(
    f"{ENV_PREFIX}{name}"
    for name in (
        "CHROMIUM",
        "DECLARATION_PASSWORD",
        "GATEWAY",
        "LANG",
        "PASSWORD",
        "SKIP_PAGES",
        "STATE_DIR",
        "TRACEBACK",
        "URL",
    )
)


def report(settings: Settings, environment: Mapping[str, str], options: Collection[str]) -> list[dict[str, str]]:
    """A row for each setting: name, value, origin, default, bounds, help. Passwords and keys are masked.

    ``options`` are the names of the settings that the command line set.
    """
    given = {name.upper() for name in environment}
    schema = Settings.model_json_schema(by_alias=False)
    fields = schema["properties"]
    return [
        {
            "name": variable,
            "value": _shown(getattr(settings, name)),
            "origin": _origin(name, given, options),
            "default": default,
            "bounds": _bounds({**fields[name], **_definition(fields[name], schema)}),
            "help": words,
        }
        for name, (variable, default, words) in zip(Settings.model_fields, Settings.table(), strict=True)
    ]


def unknown_variables(environment: Collection[str]) -> list[str]:
    """A sentence for each variable that begins with the prefix of settings but is not a setting."""
    known = {env_name(name) for name in Settings.model_fields} | OTHER_VARIABLES
    unknown = sorted(name for name in environment if name.upper().startswith(ENV_PREFIX) and name.upper() not in known)
    return [f"{name} is not a setting and changes nothing{_nearest(name.upper(), known)}" for name in unknown]


def _nearest(name: str, known: Collection[str]) -> str:
    found = difflib.get_close_matches(name, sorted(known), n=1, cutoff=0.75)
    return f": did you mean {found[0]}?" if found else "; `gateway settings` lists all."


def _origin(name: str, given: Collection[str], options: Collection[str]) -> str:
    if name in options:
        return "option"
    variables = (env_name(name), "REDIS_URL") if name == "redis_url" else (env_name(name),)
    return next((variable for variable in variables if variable in given), "default")


def _shown(value: Any) -> str:
    if isinstance(value, SecretStr):
        secret = value.get_secret_value()
        return shown_url(secret) if "://" in secret else "***" if secret else ""
    if value is None:
        return ""
    if isinstance(value, tuple):
        return ",".join(value)
    return str(value)


def _definition(field: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    name = str(field.get("$ref", "")).rpartition("/")[2]
    definition: dict[str, Any] = schema.get("$defs", {}).get(name, {})
    return definition


def _bounds(field: dict[str, Any]) -> str:
    if "enum" in field:
        return ", ".join(map(str, field["enum"]))
    if field.get("type") == "boolean":
        return "true, false"
    words = [
        f"{words} {field[name]:g}"
        for name, words in (
            ("minimum", "at least"),
            ("exclusiveMinimum", "more than"),
            ("maximum", "at most"),
            ("exclusiveMaximum", "less than"),
        )
        if name in field
    ]
    return ", ".join(words) or str(field.get("pattern", ""))
