"""A running container of the image, with the hardening of ``deploy/compose.yaml``, at a port of the engine's choice."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
import yaml

from tests.e2e.image.engine import Engine

ROOT = Path(__file__).parents[3]
DEPLOY = ROOT / "deploy"
READY_SECONDS = 120
PORT = 8080


def compose_service() -> dict[str, Any]:
    """The service of ``compose.yaml``."""
    return dict(yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))["services"]["gateway"])


def hardening(engine: Engine) -> list[str]:
    """What ``compose.yaml`` asks for, as options of ``run``."""
    service = compose_service()
    options = ["--read-only"] if service["read_only"] else []
    if engine.name == "podman":
        options.append("--read-only-tmpfs=false")  # docker mounts no folders in memory by default
    options += [f"--tmpfs={path}" for path in service["tmpfs"]]
    options += [f"--cap-drop={name.lower()}" for name in service["cap_drop"]]
    # podman knows this one without its value alone.
    return options + [f"--security-opt={option.removesuffix(':true')}" for option in service["security_opt"]]


@dataclass(frozen=True, slots=True)
class Running:
    """A container: its name, and the address of its port here."""

    engine: Engine
    name: str
    url: str

    def inside(self, *command: str) -> str:
        """Run a command in it; what it prints."""
        return self.engine("exec", self.name, *command)

    def wait_until_ready(self) -> None:
        """As the contract says: 200 at ``/readyz``."""
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            try:
                if requests.get(f"{self.url}/readyz", timeout=5).ok:
                    return
            except requests.RequestException:
                assert self.state("Running") == "true", self.log()
            time.sleep(0.1)
        raise AssertionError(f"not ready within {READY_SECONDS} s: {self.log()}")

    def state(self, what: str) -> str:
        """Its state, in the engine's words."""
        return self.engine("inspect", "--format", f"{{{{.State.{what}}}}}", self.name)

    def log(self) -> str:
        """What it has printed."""
        done = self.engine.attempt("logs", self.name)
        return done.stdout + done.stderr


@contextmanager
def running(engine: Engine, image: str, options: list[str], *command: str) -> Iterator[Running]:
    """A container of this image until the end of the block; it is removed."""
    name = engine("run", "--detach", f"--publish=127.0.0.1::{PORT}", *options, image, *command)
    try:
        address = engine("port", name, str(PORT)).splitlines()[0]
        yield Running(engine, name, f"http://{address}")
    finally:
        engine.attempt("rm", "--force", name)
