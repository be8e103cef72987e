"""`gateway backup` and `gateway restore`: SQLite, the private Redis and the server key, as of one moment, in one file.

The file is a gzipped tar: ``manifest.json`` with the SHA-256 of each part, and the parts. Like the data directory it
holds what its owner alone may read.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import sqlite3
import tarfile
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import redis

from gateway.commands.data_directory import data_directory
from gateway.commands.upkeep.stores import existing_database, reachable_redis, sqlite_file
from gateway.config import Settings
from gateway.foundation.database import schema
from gateway.http.app import VERSION
from scan_to_login.errors import StartupError

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
DATABASE: Final = "gateway.sqlite3"
REDIS: Final = "redis.rdb"
KEY: Final = "server.key"
# Where each part is in a data directory. Redis takes its own picture for the beginning of an append-only file.
PLACES: Final = {DATABASE: DATABASE, REDIS: "redis/appendonly.aof", KEY: KEY}
SAVE_SECONDS: Final = 600.0
_PAUSE_MS: Final = 1_500  # less than the gateway waits for an answer of Redis
_LOOK_SECONDS: Final = 0.05


def back_up(settings: Settings, file: Path, ready_file: Path | None) -> dict[str, Any]:
    """Write the backup; its manifest. The gateway may be running. Raises StartupError."""
    _refuse_other_stores(settings)
    if file.exists():
        raise StartupError("backup.exists", file=file)
    with existing_database(settings) as (database, server_key), reachable_redis(settings, ready_file) as settled:
        revision, fingerprint = schema.revision_of(database), server_key.fingerprint
        try:
            with tempfile.TemporaryDirectory(dir=file.absolute().parent, prefix=".backup-") as scratch:
                folder = Path(scratch)
                _take_picture(settings, settled.redis_url.get_secret_value(), folder)
                if not settings.server_key.get_secret_value():
                    shutil.copyfile(settings.data_dir / KEY, folder / KEY)
                manifest = {
                    "format": FORMAT,
                    "made_at": datetime.now(UTC).isoformat(
                        timespec="seconds"
                    ),  # by the world's clock, as the file itself
                    "version": VERSION,
                    "revision": revision,
                    "server_key": fingerprint,
                    "parts": {path.name: _sum(path) for path in sorted(folder.iterdir())},
                }
                _pack(folder, manifest, file)
        except OSError as error:
            raise StartupError("backup.unwritable", file=file, reason=error) from None
    return manifest


def restore(settings: Settings, file: Path) -> dict[str, Any]:
    """Unpack a backup into a data directory that holds no gateway's data; its manifest. Raises StartupError."""
    _refuse_other_stores(settings)
    with data_directory(settings):
        if any((settings.data_dir / name).exists() for name in (DATABASE, KEY, "redis")):
            raise StartupError("backup.not_empty", folder=settings.data_dir)
        try:
            with tempfile.TemporaryDirectory(dir=settings.data_dir, prefix="gateway.restore-") as scratch:
                manifest = _unpack(file, Path(scratch))
                for part in manifest["parts"]:
                    place = settings.data_dir / PLACES[part]
                    place.parent.mkdir(mode=0o700, exist_ok=True)
                    (Path(scratch) / part).replace(place)
        except OSError as error:
            raise StartupError("backup.unreadable", file=file, reason=error) from None
    return manifest


def _refuse_other_stores(settings: Settings) -> None:
    if settings.database_url.get_secret_value() or settings.redis_url.get_secret_value():
        raise StartupError("backup.other_stores")


def _take_picture(settings: Settings, url: str, folder: Path) -> None:
    """Both stores at one moment: while Redis holds back every change, the database's transaction and its own begin."""
    written = settings.data_dir / "redis" / "dump.rdb"
    with (
        closing(redis.Redis.from_url(url, decode_responses=True)) as client,
        closing(sqlite3.connect(f"{sqlite_file(settings).as_uri()}?mode=ro", uri=True)) as source,
        closing(sqlite3.connect(folder / DATABASE)) as target,
    ):
        deadline = time.monotonic() + SAVE_SECONDS
        while not _begun(client, source):
            if time.monotonic() > deadline:
                raise StartupError("backup.redis_busy")
            time.sleep(_LOOK_SECONDS)
        try:
            source.backup(target)
            while (told := _persistence(client))["rdb_bgsave_in_progress"]:
                time.sleep(_LOOK_SECONDS)
            if told["rdb_last_bgsave_status"] != "ok":
                raise StartupError("backup.redis_failed", folder=written.parent)
            shutil.copyfile(written, folder / REDIS)
        finally:
            written.unlink(missing_ok=True)


def _begun(client: redis.Redis, source: sqlite3.Connection) -> bool:
    """Begin both pictures; False while Redis writes a file of its own."""
    with _held_back(client):
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM sqlite_master").fetchone()  # a read makes it begin
        try:
            client.bgsave(schedule=False)
        except redis.ResponseError:
            source.rollback()
            return False
    return True


@contextmanager
def _held_back(client: redis.Redis) -> Iterator[None]:
    """No change in Redis within this block: callers wait, for as long at the most as the gateway waits anyway."""
    client.client_pause(_PAUSE_MS, all=False)
    try:
        yield
    finally:
        client.client_unpause()


def _persistence(client: redis.Redis) -> dict[str, Any]:
    told: Any = client.info("persistence")
    return dict(told)


def _pack(folder: Path, manifest: dict[str, Any], file: Path) -> None:
    whole = folder / "whole"
    with os.fdopen(os.open(whole, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        with tarfile.open(fileobj=out, mode="w:gz", compresslevel=1) as archive:
            text = json.dumps(manifest, indent=2).encode()
            about = tarfile.TarInfo(MANIFEST)
            about.size = len(text)
            archive.addfile(about, io.BytesIO(text))
            for part in manifest["parts"]:
                archive.add(folder / part, part, filter=_of_nobody)
        out.flush()
        os.fsync(out.fileno())
    whole.replace(file)


def _of_nobody(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mode = 0o600
    return member


def _unpack(file: Path, folder: Path) -> dict[str, Any]:
    """The parts that the manifest names, checked; nothing else of the archive is written."""
    try:
        with tarfile.open(file, "r:gz") as archive:
            manifest: dict[str, Any] = json.load(_member(archive, MANIFEST))
            if manifest.get("format") != FORMAT:
                raise StartupError("backup.format", file=file, format=manifest.get("format"))
            for part, wanted in manifest["parts"].items():
                if part not in PLACES:
                    raise KeyError(part)
                path = folder / part
                with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
                    shutil.copyfileobj(_member(archive, part), out)
                if _sum(path) != wanted:
                    raise StartupError("backup.damaged", file=file, part=part)
    except (tarfile.TarError, EOFError, ValueError, KeyError, TypeError, AttributeError):
        raise StartupError("backup.no_backup", file=file) from None
    return manifest


def _member(archive: tarfile.TarFile, name: str) -> Any:
    found = archive.extractfile(name)
    if found is None:
        raise KeyError(name)
    return found


def _sum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
