"""``gateway doctor``: what the gateway needs, tried for real on this machine."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from gateway.bootstrap import database_url
from gateway.config import Settings
from gateway.foundation.database import Database
from gateway.foundation.errors import StartupError
from gateway.foundation.private_redis import PrivateRedis, find_server
from gateway.foundation.redis import check, connect
from gateway.http.pages import BUILT

Finding = tuple[str, bool, str]


def examine(settings: Settings, scratch: Path) -> list[Finding]:
    """Try each thing; answers (name, whether it works, what was found or what to do). Leaves nothing behind."""
    checks: list[tuple[str, Callable[[], str]]] = [
        ("Redis", lambda: _redis(settings, scratch)),
        ("database", lambda: _database(settings)),
        ("data directory", lambda: _data_directory(settings)),
        ("port", lambda: _port(settings)),
        ("pages", _pages),
    ]
    findings: list[Finding] = []
    for name, look in checks:
        try:
            findings.append((name, True, look()))
        except (StartupError, OSError, DBAPIError) as error:
            findings.append((name, False, str(error)))
    return findings


def _redis(settings: Settings, scratch: Path) -> str:
    if url := settings.redis_url.get_secret_value():
        client = connect(url, connections=2, timeout=settings.redis_timeout_seconds, key=settings.redis_prefix)
        check(client, "REDIS_URL")
        version = str(client.info("server")["redis_version"])
        client.close()
        return f"the one at REDIS_URL answers, version {version}"
    private = PrivateRedis(scratch / "redis")
    private.start()
    try:
        return f"a private one starts ({find_server()})"
    finally:
        private.stop()


def _database(settings: Settings) -> str:
    if not settings.database_url.get_secret_value():
        return "SQLite in the data directory"
    database = Database(database_url(settings))
    try:
        with database.engine.connect():
            return f"{database.shown_url} answers"
    finally:
        database.close()


def _data_directory(settings: Settings) -> str:
    folder = settings.data_dir
    existing = next(parent for parent in (folder, *folder.parents) if parent.exists())
    probe = existing / ".gateway-doctor"
    probe.touch()
    probe.unlink()
    return f"{folder} can be written"


def _port(settings: Settings) -> str:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise StartupError(f"{settings.host}:{settings.port}: {error.strerror}; choose another --port") from None
    return f"{settings.host}:{settings.port} is free"


def _pages() -> str:
    if not BUILT.is_dir():
        raise StartupError("the web pages are not built: pip install -e . builds them")
    return "the web pages are built"
