"""Real proxies, nginx and HAProxy, in front of gateways, with the configurations of the documentation."""

from __future__ import annotations

import csv
import os
import re
import shutil
import signal
import socket
import subprocess
from collections.abc import Sequence
from pathlib import Path

import requests

from scan_to_login.processes import start
from tests.integration.scale.servers import HOST, free_ports, until

DOCUMENTED = Path(__file__).parents[3] / "deploy"


def find_nginx() -> str | None:
    """The path of nginx, if it is installed."""
    return _find("nginx")


def find_haproxy() -> str | None:
    """The path of HAProxy, if it is installed."""
    return _find("haproxy")


def _find(name: str) -> str | None:
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


class Haproxy:
    """Runs `deploy/haproxy.cfg`; ports and TLS alone are the test's. ``before`` is a command that runs it.

    ``asks`` is the path that it asks whether a gateway is ready, if not the documented one.
    """

    def __init__(self, folder: Path, ports: Sequence[int], *, before: Sequence[str] = (), asks: str = "") -> None:
        self.port, self._statistics = free_ports(2)
        text = (DOCUMENTED / "haproxy.cfg").read_text("utf-8")
        if asks:
            text = re.sub(r"(option httpchk GET) \S+", rf"\1 {asks}", text)
        for documented, port in zip(("10.0.0.11:8080", "10.0.0.12:8080"), ports, strict=True):
            text = text.replace(documented, f"{HOST}:{port}")
        text = re.sub(r"bind :443 .*", f"bind {HOST}:{self.port}", text)
        text += f"\nlisten statistics\n    bind {HOST}:{self._statistics}\n    stats enable\n    stats uri /\n"
        configuration = folder / "haproxy.cfg"
        configuration.write_text(text)
        self._log = folder / "haproxy.log"
        with self._log.open("wb") as log:
            self._process = start(
                [*before, str(find_haproxy()), "-db", "-f", str(configuration)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        until("HAProxy listens", self._listens)

    @property
    def url(self) -> str:
        """The URL of the proxy."""
        return f"http://{HOST}:{self.port}"

    def states(self) -> dict[str, str]:
        """The proxy's state of each server: `UP`, `DOWN`, or in between."""
        lines = requests.get(f"http://{HOST}:{self._statistics}/;csv", timeout=5).text.removeprefix("# ").splitlines()
        rows = csv.DictReader(lines)
        return {row["svname"]: row["status"] for row in rows if row["svname"] in ("one", "two")}

    def stop(self) -> None:
        """End it."""
        self._process.send_signal(signal.SIGTERM)
        self._process.wait()

    def _listens(self) -> bool:
        assert self._process.poll() is None, self._log.read_text("utf-8", "replace")
        with socket.socket() as probe:
            return probe.connect_ex((HOST, self._statistics)) == 0


class Nginx:
    """Runs `deploy/nginx.conf`; ports, names and TLS alone are the test's. ``before`` is a command that runs it."""

    def __init__(self, folder: Path, ports: Sequence[int], *, before: Sequence[str] = ()) -> None:
        self.port, second = free_ports(2)
        text = (DOCUMENTED / "nginx.conf").read_text("utf-8")
        for documented, port in zip(("10.0.0.11:8080", "10.0.0.12:8080"), ports, strict=True):
            text = text.replace(documented, f"{HOST}:{port}")
        text = re.sub(r"listen 443 ssl;|listen 80;", lambda found: self._listen(found[0], second), text)
        text = re.sub(r"ssl_certificate\w*\s+[^;]+;", "", text).replace("login.example.com", HOST)
        (folder / "gateway.conf").write_text(text)
        places = "".join(
            f"{name}_temp_path {folder / name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        main = folder / "nginx.conf"
        main.write_text(
            f"{'user root;' if os.geteuid() == 0 else ''}\npid {folder / 'pid'};\nerror_log {folder / 'error.log'};\n"
            "worker_processes 1;\nevents { worker_connections 1024; }\n"
            f"http {{\naccess_log off;\n{places}include {folder / 'gateway.conf'};\n}}\n"
        )
        self._process = start(
            [
                *before,
                str(find_nginx()),
                "-p",
                str(folder),
                "-c",
                str(main),
                "-e",
                str(folder / "error.log"),
                "-g",
                "daemon off;",
            ],
            stdin=subprocess.DEVNULL,
        )
        until("nginx listens", lambda: self._listens(folder))

    @property
    def url(self) -> str:
        """The URL of the proxy."""
        return f"http://{HOST}:{self.port}"

    def stop(self) -> None:
        """End it."""
        self._process.send_signal(signal.SIGTERM)
        self._process.wait()

    def _listen(self, documented: str, second: int) -> str:
        return f"listen {HOST}:{self.port if 'ssl' in documented else second};"

    def _listens(self, folder: Path) -> bool:
        assert self._process.poll() is None, (folder / "error.log").read_text("utf-8", "replace")
        with socket.socket() as probe:
            return probe.connect_ex((HOST, self.port)) == 0
