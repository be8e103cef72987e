"""The present settings: each value, its origin, and its bounds."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Mapping
from typing import Any, Final

from pydantic import SecretStr

from gateway.commands.settings_chinese import described
from gateway.config import ALSO_READ_FROM, ENV_PREFIX, HOME, Settings, env_name
from gateway.foundation.telemetry.masking import shown_url

# Variables of phones, clients, tests and the build; the gateway does not read them.
OTHER_VARIABLES: Final = frozenset(
    f"{ENV_PREFIX}{name}"
    for name in (
        "CHROMIUM",
        "COMPILE",
        "DECLARATION_PASSWORD",
        "GATEWAY",
        "LANG",
        "PASSWORD",
        "READY",
        "SIM_URL",
        "SKIP_PAGES",
        "STATE_DIR",
        "TRACEBACK",
        "URL",
    )
)

Say = Callable[..., str]


def in_english(text: str, **values: object) -> str:
    """For programs and logs: the same words in every locale."""
    return text.format(**values)


def report(
    settings: Settings, environment: Mapping[str, str], options: Collection[str], say: Say = in_english
) -> list[dict[str, str]]:
    """A row for each setting: name, value, origin, default, bounds, help. Passwords and keys are masked.

    ``options`` are the names of the settings that the command line set; ``say`` chooses the language.
    """
    given = {name.upper() for name in environment}
    schema = Settings.model_json_schema(by_alias=False)
    fields = schema["properties"]
    return [
        {
            "name": variable,
            "value": _shown(getattr(settings, name)),
            "origin": _origin(name, given, options, say),
            "default": say(default) if default == HOME else default,
            "bounds": _bounds({**fields[name], **_definition(fields[name], schema)}, say),
            "help": words if say is in_english else described(name, words),
        }
        for name, (variable, default, words) in zip(Settings.model_fields, Settings.table(), strict=True)
    ]


def unknown_variables(environment: Collection[str], say: Say = in_english) -> list[str]:
    """A sentence for each variable that begins with the prefix of settings but is not a setting."""
    known = {env_name(name) for name in Settings.model_fields} | OTHER_VARIABLES
    unknown = sorted(name for name in environment if name.upper().startswith(ENV_PREFIX) and name.upper() not in known)
    return [
        say("{name} is not a setting and changes nothing", name=name) + _nearest(name.upper(), known, say)
        for name in unknown
    ]


def _nearest(name: str, known: Collection[str], say: Say) -> str:
    found = difflib.get_close_matches(name, sorted(known), n=1, cutoff=0.75)
    return say(": did you mean {name}?", name=found[0]) if found else say("; `gateway settings` lists all.")


def _origin(name: str, given: Collection[str], options: Collection[str], say: Say) -> str:
    if name in options:
        return say("option")
    variables = (env_name(name), ALSO_READ_FROM.get(name, ""))
    return next((variable for variable in variables if variable in given), say("default"))


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


def _bounds(field: dict[str, Any], say: Say) -> str:
    if "enum" in field:
        return ", ".join(map(str, field["enum"]))
    if field.get("type") == "boolean":
        return "true, false"
    words = [
        say(words, bound=f"{field[name]:g}")
        for name, words in (
            ("minimum", "at least {bound}"),
            ("exclusiveMinimum", "more than {bound}"),
            ("maximum", "at most {bound}"),
            ("exclusiveMaximum", "less than {bound}"),
        )
        if name in field
    ]
    return say(", ").join(words) or str(field.get("pattern", ""))
