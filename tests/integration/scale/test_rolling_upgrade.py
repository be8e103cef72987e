"""A program of the first schema is replaced by today's, machine by machine, in the midst of logins."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import tarfile
import time
import tomllib
import venv
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from io import BytesIO
from pathlib import Path

import pytest

from gateway.server.redis.private import PrivateRedis
from scan_to_login.processes import start
from scan_to_login.testing.live import LiveGateway
from tests.integration.scale.logins import Logins
from tests.integration.scale.postgres import Postgres
from tests.integration.scale.proxies import Haproxy, find_haproxy
from tests.integration.scale.servers import free_ports, until

# The last commit whose only revision is 0001.
FIRST = "ef5a6c5^"
ROOT = Path(__file__).parents[3]
LOGINS_BETWEEN = 4


class OlderProgram:
    """A gateway of an older commit."""

    def __init__(self, program: Path, port: int, folder: Path, environment: dict[str, str]) -> None:
        ready = folder / "ready.json"
        command = ["serve", "--no-sim", "--seed", "demo", "--port", str(port), "--ready-file", str(ready)]
        self._log = folder / "log"
        with self._log.open("wb") as log:
            self._process = start(
                [
                    str(program / "python" / "bin" / "python"),
                    "-m",
                    "gateway",
                    *command,
                    "--data-dir",
                    str(folder / "data"),
                ],
                cwd=folder,
                env={**os.environ, **environment, "PYTHONPATH": str(program)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        until("the older program serves", lambda: self._serves(ready), 60)

    def _serves(self, ready: Path) -> bool:
        assert self._process.poll() is None, self._log.read_text("utf-8", "replace")
        return ready.exists() and bool(json.loads(ready.read_text("utf-8"))["pid"])

    def stop(self) -> None:
        """Let it drain, and wait for its end."""
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(60)


@pytest.fixture(scope="module")
def older(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The older program, unpacked from this repository's history; `python` in it has the libraries that it needs."""
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("the older program stands in the history of the repository, and this is no clone of it")
    packed = subprocess.run(
        [git, "archive", FIRST, "gateway", "pyproject.toml"], cwd=ROOT, capture_output=True, check=False
    )
    if packed.returncode:
        pytest.skip("the older program is not in this clone: its history is cut off")
    folder = tmp_path_factory.mktemp("older")
    with tarfile.open(fileobj=BytesIO(packed.stdout)) as archive:
        archive.extractall(folder, filter="data")
    _make_python(folder)
    return folder


def _make_python(program: Path) -> None:
    """An environment with today's libraries, and with those of ``program`` that today's program has no more."""
    venv.create(program / "python")
    (packages,) = (program / "python" / "lib").glob("python*/site-packages")
    (packages / "todays.pth").write_text(sysconfig.get_path("purelib"))
    needs = tomllib.loads((program / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    pip = [sys.executable, "-m", "pip", "--python", str(program / "python"), "--disable-pip-version-check"]
    installed = subprocess.run([*pip, "install", "--quiet", *needs], capture_output=True, text=True, check=False)
    assert installed.returncode == 0, installed.stderr


@pytest.fixture
def environment(tmp_path: Path) -> Iterator[dict[str, str]]:
    """What both machines share: a Redis, a PostgreSQL database and the server key."""
    with ExitStack() as running:
        redis = PrivateRedis(tmp_path / "redis")
        redis.start()
        running.callback(redis.stop)
        postgres = Postgres()
        running.callback(postgres.stop)
        yield {
            "PAIRING_REDIS_URL": redis.url,
            "PAIRING_DATABASE_URL": postgres.new_database("upgraded"),
            "PAIRING_SERVER_KEY": "one key for both, of thirty-two bytes and more",
            "PAIRING_TRUSTED_PROXIES": "1",
            "PAIRING_TICKETS_PER_ADDRESS": "0",
        }


@pytest.mark.slow
@pytest.mark.skipif(find_haproxy() is None, reason="haproxy is not installed")
def test_from_the_first_schema_to_todays_under_load_no_login_is_lost(
    older: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    """As docs/deployment.md has it: first the schema, then one machine after the other."""
    ports = free_ports(2)
    folders = [tmp_path / name for name in ("one", "two")]
    for folder in folders:
        folder.mkdir()
    with ExitStack() as running:
        front = Haproxy(tmp_path, ports, asks="/readyz")  # the older program knows no `?for=`
        running.callback(front.stop)
        environment |= {"PAIRING_PUBLIC_URL": front.url}
        machines: list[OlderProgram] = []
        for port, folder in zip(ports, folders, strict=True):
            machines.append(OlderProgram(older, port, folder, environment))
            running.callback(machines[-1].stop)
        until("both are up", lambda: set(front.states().values()) == {"UP"})
        logins = Logins(front.url, threads=3, phones=4)
        logins.start()
        more = _counting(logins)
        try:
            more()
            migrated = subprocess.run(
                [sys.executable, "-m", "gateway", "migrate"],
                env={**os.environ, **environment, "PAIRING_DATA_DIR": str(tmp_path / "none")},
                capture_output=True,
                text=True,
                check=False,
            )
            assert migrated.returncode == 0, migrated.stderr
            more()  # by older programs on the newer schema
            for machine, port in zip(machines, ports, strict=True):
                machine.stop()
                running.enter_context(LiveGateway(port=port, sim=False, environment=environment))
                until("both are up", lambda: set(front.states().values()) == {"UP"})
                more()
            replaced_at = time.monotonic()
            more()
        finally:
            logins.stop()
    assert logins.lost == []
    assert logins.begun == len(logins.finished)
    assert logins.violations(healed_at=replaced_at) == []


def _counting(logins: Logins) -> Callable[[], None]:
    return lambda: logins.wait_for(len(logins.finished) + LOGINS_BETWEEN)
