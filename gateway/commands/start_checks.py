"""Checks of everything that can keep a gateway from starting: one list for ``serve`` and ``doctor``.

``serve`` runs the first checks before it starts anything; its start covers the others. ``doctor`` runs all checks, with
the same functions, and leaves no files behind. So both print the same sentence.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Final

from sqlalchemy.exc import DBAPIError

from gateway.commands.chinese import say
from gateway.commands.data_directory import data_directory
from gateway.commands.running import Addresses
from gateway.config import Settings
from gateway.control.seed.ownership import Ownership
from gateway.core import database_url, server_key_of
from gateway.foundation.database import schema
from gateway.foundation.database.belonging import Belonging
from gateway.foundation.database.engine import Database
from gateway.foundation.errors import Refusal
from gateway.foundation.keys import Keys
from gateway.foundation.redis.connect import check, connect
from gateway.foundation.secrets import ServerKey
from gateway.foundation.telemetry.masking import shown_url
from gateway.http.built_pages import BUILT
from gateway.server.redis.private import PrivateRedis
from gateway.server.redis.server_program import find_server
from scan_to_login.errors import StartupError
from scan_to_login.seed import load_seed
from scan_to_login.tracing import exporting

Check = Callable[[Settings, Path], str]


def refuse_at_once(settings: Settings) -> None:
    """The checks of ``serve`` before it starts anything. Raises StartupError."""
    certificate(settings)
    traces(settings)


def traces(settings: Settings, _scratch: Path = Path()) -> str:
    """Check that what exports spans is installed where spans are wanted, and that its variables fit."""
    if exporting.wanted(settings.traces):
        exporting.check_variables()
        endpoint = exporting.named_endpoint() or exporting.DEFAULT_ENDPOINT
        return say("sent to {url}", url=shown_url(endpoint))
    if settings.traces != exporting.Traces.OFF and exporting.named_endpoint() and not exporting.installed():
        return say("off: OTEL_EXPORTER_OTLP_ENDPOINT is set, and `pip install 'scan-to-login[otel]'` is missing")
    return say("off")


def certificate(settings: Settings, _scratch: Path = Path()) -> str:
    """Check that the TLS files can be read and belong together."""
    if not settings.tls_certificate:
        if settings.tls_key:
            raise StartupError("tls.key_alone")
        return say("none: the gateway speaks HTTP")
    try:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        # A key with a password would have OpenSSL ask for it at the terminal.
        context.load_cert_chain(settings.tls_certificate, settings.tls_key or None, password=lambda: b"")
    except (OSError, ValueError) as error:  # an SSLError is an OSError
        raise StartupError("tls.unusable", certificate=settings.tls_certificate, reason=error) from None
    return say("{certificate} and its key belong together", certificate=settings.tls_certificate)


def server_key(settings: Settings, _scratch: Path) -> str:
    """Check that the setting or the file holds a key; the start creates a missing one."""
    return say("can be read" if _server_key(settings) else "is made at the first start")


def _server_key(settings: Settings) -> ServerKey | None:
    """The key that ``serve`` would use; None if it would create one. Raises StartupError."""
    there = (settings.data_dir / "server.key").exists()
    return server_key_of(settings) if there or settings.server_key.get_secret_value() else None


def seed(settings: Settings, _scratch: Path) -> str:
    """Check that the seed can be read."""
    if not settings.seed:
        return say("none")
    found = load_seed(settings.seed)
    return say(
        "{name} has {accounts} people and {units} units",
        name=settings.seed,
        accounts=len(found.accounts),
        units=len(found.units),
    )


def redis(settings: Settings, scratch: Path) -> str:
    """The Redis that is named answers, or a private one starts."""
    if url := settings.redis_url.get_secret_value():
        client = connect(url, connections=2, timeout=settings.redis_timeout_seconds, key=settings.redis_prefix)
        try:
            check(client, shown_url(url))
            version = client.info("server")["redis_version"]
            return say("the one at {url} answers, version {version}", url=shown_url(url), version=version)
        finally:
            client.close()
    private = PrivateRedis(scratch / "redis")
    private.start()
    try:
        return say("a private one starts ({server})", server=find_server())
    finally:
        private.stop()


def database(settings: Settings, _scratch: Path) -> str:
    """Check that it answers, that this version knows its schema, and that this gateway may use it."""
    kept = settings.data_dir / "gateway.sqlite3"
    found = Database(database_url(settings))
    try:
        if not settings.database_url.get_secret_value() and not kept.exists():
            return say("{url} is made at the first start", url=found.shown_url)
        schema.refuse_newer(found)
        Ownership(found, settings).check()
        if schema.revision_of(found) == schema.newest_revision():
            _check_belonging(found, settings)
    except DBAPIError as error:
        raise StartupError("database.unusable", database=found.shown_url, reason=error.orig) from None
    finally:
        found.close()
    return say("{url} answers", url=found.shown_url)


def _check_belonging(found: Database, settings: Settings) -> None:
    """Check that server key, database and Redis belong together. Raises StartupError."""
    url = settings.redis_url.get_secret_value()
    client = connect(
        url or "redis://", connections=2, timeout=settings.redis_timeout_seconds, key=settings.redis_prefix
    )
    try:
        belonging = Belonging(found, client, Keys(settings.redis_prefix), shown_url(url))
        belonging.check(_server_key(settings), with_redis=bool(url))
    except Refusal as refusal:
        raise StartupError("redis.no_answer", redis=shown_url(url), reason=refusal.detail) from None
    finally:
        client.close()


def folder(settings: Settings, _scratch: Path) -> str:
    """Check that the data directory can be created and written; removes all it creates.

    Also checks that no other gateway holds it.
    """
    data = settings.data_dir
    lock = data / "gateway.lock"
    new = [path for path in (data, *data.parents) if not _there(path)]
    locked_before = _there(lock)
    try:
        with data_directory(settings):
            return say("{folder} can be written", folder=data)
    finally:
        if not locked_before and _there(lock):
            lock.unlink()
        for path in new:
            if _there(path):
                path.rmdir()


def _there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # a name that no file can have
        return False


def port(settings: Settings, _scratch: Path) -> str:
    """Check that the gateway can listen on host and port."""
    from gateway.server.listeners import listen

    listener = listen(settings.host, settings.port, shared=False)
    try:
        if not settings.port:
            return say("{host} has free ports; the start takes one", host=settings.host)
        return say("{host} port {port} is free", host=settings.host, port=listener.getsockname()[1])
    finally:
        listener.close()


def phones(settings: Settings, _scratch: Path) -> str:
    """Say which address phones will see in the QR codes."""
    addresses = Addresses.of(settings, settings.port)
    if settings.public_url:
        return say("phones are told {url} (PAIRING_PUBLIC_URL)", url=addresses.public_url)
    if not settings.port:
        host = addresses.public_url.removesuffix(":0")
        if addresses.for_this_machine_alone:
            return say(
                "only this machine reaches {host}, on the port that the start takes; for phones: --host 0.0.0.0, or "
                "PAIRING_PUBLIC_URL",
                host=host,
            )
        return say(
            "phones are told the address that they call; in this network {host}, on the port that the start takes",
            host=host,
        )
    if addresses.for_this_machine_alone:
        return say(
            "only this machine reaches {url}; for phones: --host 0.0.0.0, or PAIRING_PUBLIC_URL",
            url=addresses.public_url,
        )
    return say("phones are told the address that they call; in this network {url}", url=addresses.public_url)


def pages(_settings: Settings, _scratch: Path) -> str:
    """Check that the web pages are built."""
    if not BUILT.is_dir():
        raise StartupError("command.pages")
    return say("the web pages are built")


CHECKS: Final[tuple[tuple[str, Check], ...]] = (
    ("TLS", certificate),
    ("data directory", folder),
    ("server key", server_key),
    ("seed", seed),
    ("Redis", redis),
    ("database", database),
    ("port", port),
    ("phones", phones),
    ("pages", pages),
    ("traces", traces),
)
