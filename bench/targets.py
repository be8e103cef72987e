"""What is measured: this gateway, and its peers on Node and Bun; each with a Redis of its own, on loopback."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import Any

from bench.load.flow import SERVER_KEY
from bench.packages import PEERS, Unavailable, bun_program, node_program, peers_installed
from bench.progress import say
from gateway.demo.lan import make_certificate
from gateway.foundation.redis.scripts import load_lua
from gateway.pairing.lua_rules import PRELUDE, lua_rules
from gateway.server.redis.private import PrivateRedis
from scan_to_login.processes import start
from scan_to_login.testing.live import LiveGateway

OURS, BARE, EXPRESS = "gateway", "Node, bare http", "Node, express"
OVER_TLS = "gateway, over TLS"
BUN = "Bun, its own server"
LEAST = "Python on eventlet, no more than needed"
OLD_BARE, OLD_EXPRESS = "Node 20, bare http", "Node 20, express"
WIDE = 24  # logins at a time at saturation
TAXPAYER_ID = "91110108MA01A0B1CY"
TICKET_SECONDS = 3600  # tickets of those who wait outlive the measurement

Target = dict[str, Any]


def started(
    stack: ExitStack, wanted: Mapping[str, AbstractContextManager[Target]]
) -> tuple[dict[str, Target], list[str]]:
    """Start all that can run here until ``stack`` closes; beside them, why the others cannot, a sentence each."""
    running: dict[str, Target] = {}
    reasons: list[str] = []
    for name, target in wanted.items():
        say(f"starting {name}")
        try:
            running[name] = stack.enter_context(target)
        except Unavailable as error:
            if str(error) not in reasons:
                reasons.append(str(error))
    return running, reasons


@contextmanager
def gateway(workers: int = 1, **settings: str) -> Iterator[Target]:
    """This gateway as it is in production: without the simulation."""
    environment = {
        "PAIRING_TICKETS_PER_ADDRESS": "0",
        "PAIRING_CONNECTIONS_PER_ADDRESS": "0",
        "PAIRING_SERVER_KEY": SERVER_KEY,
        "PAIRING_TICKETS_PENDING_SECONDS": str(TICKET_SECONDS),
        "PAIRING_TICKETS_TOTAL_SECONDS": str(TICKET_SECONDS),
        **settings,
    }
    with LiveGateway(sim=False, workers=workers, environment=environment) as live:
        database = sqlite3.connect(f"{live.data_dir}/gateway.sqlite3")
        found = database.execute(
            "SELECT account_id FROM authorizations WHERE taxpayer_id = ? AND ended_at IS NULL", [TAXPAYER_ID]
        ).fetchone()
        database.close()
        yield {
            "url": live.url,
            "pids": sorted({live.pid, *live.ready["workers"]}),
            "redis": live.ready["redis"]["url"],
            "redis_pid": live.ready["redis"]["pid"],
            "account_id": found[0],
            "taxpayer_id": TAXPAYER_ID,
            "data_dir": str(live.data_dir),
            "environment": environment,
        }


@contextmanager
def gateway_over_tls() -> Iterator[Target]:
    """The same with a certificate (ECDSA, P-256): each login makes a new connection, and so a whole handshake."""
    with tempfile.TemporaryDirectory(prefix="bench-tls-") as folder:
        certificate, key = make_certificate(Path(folder), "127.0.0.1")
        with gateway(PAIRING_TLS_CERTIFICATE=str(certificate), PAIRING_TLS_KEY=str(key)) as target:
            yield target


@contextmanager
def node(kind: str, workers: int = 1, program: Callable[[], str] = node_program) -> Iterator[Target]:
    """The peer on Node: ``express``, or ``bare`` http; several workers share one port, each with its own channel.

    Raises Unavailable where it cannot run.
    """
    with _workers(workers, program, "peer.mjs", kind) as target:
        yield target


@contextmanager
def bun(workers: int = 1) -> Iterator[Target]:
    """The peer on Bun, with Bun's own server, Redis client and engine for socket.io. Raises Unavailable."""
    with _workers(workers, bun_program, "bun.mjs") as target:
        yield target


@contextmanager
def least() -> Iterator[Target]:
    """The peer in Python on eventlet's hub, which does no more than the login needs."""
    with _workers(1, lambda: sys.executable, "floor.py") as target:
        yield target


@contextmanager
def _workers(count: int, program: Callable[[], str], script: str, *first: str) -> Iterator[Target]:
    modules = peers_installed() if script.endswith(".mjs") else PEERS
    with _redis() as redis, ExitStack() as running:
        scripts = Path(running.enter_context(tempfile.TemporaryDirectory(prefix="bench-scripts-"))) / "scripts.json"
        scripts.write_text(_scripts(), "utf-8")
        arguments = [*first, *_credentials(redis), str(scripts), SERVER_KEY, str(modules)]
        url, pid = running.enter_context(_peer(script, *arguments, program=program))
        port = url.rpartition(":")[2]
        others = [running.enter_context(_peer(script, *arguments, port, program=program)) for _ in range(count - 1)]
        yield _peer_target(url, [pid, *(other for _, other in others)], redis)


@contextmanager
def device(program: Callable[[], str] = node_program) -> Iterator[Target]:
    """The device-flow peer, on Node or another ``program``. Raises Unavailable where it cannot run."""
    modules = peers_installed()
    with _redis() as redis, _peer("device.mjs", *_credentials(redis), str(modules), program=program) as (url, pid):
        yield _peer_target(url, [pid], redis)


def _scripts() -> str:
    """The gateway's own scripts of a login, as Redis gets them: JSON, by name."""
    rules = {PRELUDE: lua_rules()}
    files = [load_lua("gateway.pairing", name, rules) for name in ("request", "scan", "confirm", "claim", "watch")]
    files.append(load_lua("gateway.units", "verify_session"))
    return json.dumps({file.name: {"text": file.text, "keys": file.keys, "values": file.arguments} for file in files})


def _peer_target(url: str, pids: list[int], redis: PrivateRedis) -> Target:
    return {
        "url": url,
        "pids": pids,
        "redis": redis.url,
        "redis_pid": redis.pid,
        "account_id": "bench",
        "taxpayer_id": TAXPAYER_ID,
    }


@contextmanager
def _redis() -> Iterator[PrivateRedis]:
    folder = Path(tempfile.mkdtemp(prefix="bench-peer-"))
    redis = PrivateRedis(folder)
    try:
        redis.start()
        yield redis
    finally:
        redis.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _credentials(redis: PrivateRedis) -> tuple[str, str]:
    """Path of its socket, and its password."""
    return redis.shown_url.removeprefix("unix://"), redis.url.removeprefix("unix://:").rpartition("@")[0]


@contextmanager
def _peer(script: str, *arguments: str, program: Callable[[], str] = node_program) -> Iterator[tuple[str, int]]:
    """A peer's process, ready: its address and its id."""
    with start(
        [program(), str(PEERS / script), *arguments],
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            line = process.stdout.readline() if process.stdout else ""
            if not line:
                raise Unavailable(f"The peer {script} did not start; what it said is above.")
            yield json.loads(line)["url"], process.pid
        finally:
            process.kill()
