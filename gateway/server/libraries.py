"""The names of libraries that their documentation does not promise, and that the gateway uses: all of them, named here.

pyproject.toml bounds each of these libraries from above. A name that is gone all the same (a forced version, a
distribution's patch) is told at the start in one sentence, and not by the first request that needs it.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final, NamedTuple

from scan_to_login.errors import StartupError


class Library(NamedTuple):
    """A distribution, with the oldest and the newest version that its names were checked with."""

    oldest: str
    newest: str
    names: Mapping[str, Sequence[str]]  # by the module, or ``module:class``, that has them


LIBRARIES: Final[Mapping[str, Library]] = {
    # gateway.server.socketio: the handlers are replaced (internals), the manager is derived from.
    "python-socketio": Library(
        "5.18.0",
        "5.18.1",
        {
            "socketio:Server": (
                "_handle_eio_message",
                "_handle_eio_connect",
                "_handle_eio_disconnect",
                "_handle_connect",
                "_handle_disconnect",
                "_handle_event",
                "_send_packet",
                "reserved_events",
            ),
            "socketio:Manager": (
                "get_namespaces",
                "get_participants",
                "emit",
                "pre_connect",
                "connect",
                "disconnect",
                "is_connected",
                "sid_from_eio_sid",
                "eio_sid_from_sid",
                "pre_disconnect",
                "basic_disconnect",
                "basic_enter_room",
                "get_rooms",
            ),
            "socketio.packet": ("CONNECT_ERROR",),
        },
    ),
    "python-engineio": Library(
        "4.13.2",
        "4.15.1",
        {"engineio:Server": ("_cors_allowed_origins", "_cors_headers", "handle_request", "disconnect", "generate_id")},
    ),
    # gateway.server: connections listen in the hub, and have no greenlet.
    "eventlet": Library(
        "0.41.0",
        "0.41.3",
        {
            "eventlet.hubs.hub:BaseHub": ("add", "remove", "schedule_call_global", "switch"),
            "eventlet.greenio:GreenSocket": ("fd",),
            "eventlet.patcher": ("original", "is_monkey_patched"),
        },
    ),
    # gateway.server.redis.replies maps errors as redis-py does; gateway.foundation.redis.primary derives from these.
    "redis": Library(
        "6.0.0",
        "8.1.0",
        {
            "redis._parsers.base:BaseParser": ("parse_error",),
            "redis:Connection": ("_connect", "on_connect", "read_response"),
            "redis.retry:Retry": ("call_with_retry",),
            "redis.connection": ("parse_url",),
        },
    ),
}


def check_names() -> None:
    """Raises StartupError, which says what to install, where an installed library lacks a name of these."""
    for distribution, library in LIBRARIES.items():
        for holder, names in library.names.items():
            thing = _found(distribution, holder)
            for name in names:
                if not hasattr(thing, name):
                    raise lacking(distribution, f"{holder.replace(':', '.')}.{name}")


def lacking(distribution: str, name: str) -> StartupError:
    """The error that says that an installed library has no such name."""
    library = LIBRARIES[distribution]
    try:
        installed = version(distribution)
    except PackageNotFoundError:
        installed = "(of unknown version)"
    return StartupError(
        "command.library",
        library=distribution,
        installed=installed,
        name=name,
        oldest=library.oldest,
        newest=library.newest,
    )


def _found(distribution: str, holder: str) -> Any:
    module, _, name = holder.partition(":")
    try:
        thing = importlib.import_module(module)
    except ImportError:
        raise lacking(distribution, module) from None
    if name and not hasattr(thing, name):
        raise lacking(distribution, holder.replace(":", "."))
    return getattr(thing, name) if name else thing
