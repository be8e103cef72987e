"""The container engine of this machine: docker if its daemon answers, else podman with a store of the test's own."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

BUILD_SECONDS = 1800  # fetches some hundred megabytes
CONTAINERS_CONF = """
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
{network}
[engine]
cgroup_manager = "cgroupfs"
events_logger = "none"
{runtime}
"""
STORAGE_CONF = """
[storage]
driver = "overlay"
graphroot = "{folder}/images"
runroot = "{folder}/run"
"""
API = """
[ "$(id -u)" != 0 ] || ip link set lo up
podman system service --time 0 "$0" &
service=$!
until [ -S "${0#unix://}" ]; do kill -0 $service || exit 1; sleep 0.1; done
"$@"
code=$?
kill $service
wait $service
exit $code
"""


class EngineMissing(Exception):  # noqa: N818 - it is an outcome
    """No engine is here that can run a container; the text is one sentence."""


class Engine:
    """An engine; ``name`` is its command, whose options are the same for both."""

    def __init__(self, name: str, environment: Mapping[str, str]) -> None:
        self.name = name
        self.environment = {**os.environ, **environment}

    def __call__(self, *arguments: str, seconds: float = 120) -> str:
        """Run one of its commands; what it prints. A failure fails the test with what it printed."""
        done = self.attempt(*arguments, seconds=seconds)
        assert done.returncode == 0, f"{self.name} {arguments[0]}: {done.stdout}{done.stderr}"
        return done.stdout.strip()

    def attempt(self, *arguments: str, seconds: float = 120) -> subprocess.CompletedProcess[str]:
        """The same, for a command that may fail."""
        return subprocess.run(
            [self.name, *arguments],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )

    def build(self, dockerfile: Path, context: Path, tag: str, **arguments: str) -> None:
        """Build an image with these build arguments."""
        given = [word for name, value in arguments.items() for word in ("--build-arg", f"{name}={value}")]
        # The other image format of podman has no HEALTHCHECK.
        form = ["--format", "docker"] if self.name == "podman" else []
        self(
            "build", *form, "--network", "host", *given, "--file", str(dockerfile), "--tag", tag, str(context),
            seconds=BUILD_SECONDS,
        )  # fmt: skip


def with_api(engine: Engine, folder: Path, command: list[str]) -> tuple[list[str], dict[str, str]]:
    """``command`` and its environment, beside the engine's Docker API. Raises EngineMissing.

    root's podman serves it in a network namespace of its own: there it may change the firewall.
    """
    if engine.name == "docker":
        return command, engine.environment
    apart = ["unshare", "--net"] if os.geteuid() == 0 else []
    if missing := [name for name in ("unshare", "ip", "iptables") if apart and shutil.which(name) is None]:
        raise EngineMissing(f"podman's API is not tried, since {' and '.join(missing)} is missing")
    address = f"unix://{folder}/podman.sock"
    environment = {"CONTAINERS_CONF": str(folder / "api.conf"), "DOCKER_HOST": address}
    return [*apart, "sh", "-c", API, address, *command], {**engine.environment, **environment}


@contextmanager
def container_engine(folder: Path) -> Iterator[Engine]:
    """The engine; podman keeps everything in ``folder`` and leaves nothing there. Raises EngineMissing."""
    docker = Engine("docker", {})
    if shutil.which("docker") and docker.attempt("version").returncode == 0:
        yield docker
        return
    if shutil.which("podman") is None:
        raise EngineMissing("docker's daemon does not answer, and podman is missing")
    podman = _podman(folder)
    try:
        yield podman
    finally:
        podman.attempt("rm", "--all", "--force", "--time", "0")
        podman.attempt("rmi", "--all", "--force")
        # podman leaves its store mounted on itself.
        subprocess.run(["umount", "--quiet", folder / "images" / "overlay"], check=False)
        shutil.rmtree(folder, ignore_errors=True)


def _podman(folder: Path) -> Engine:
    """Not as the machine has it configured.

    As root it would change the firewall for a published port; its own limits are above those that a system may allow.
    """
    network = 'netns = "slirp4netns"' if shutil.which("slirp4netns") else ""
    if not network and os.geteuid() == 0:
        raise EngineMissing("podman is here, and slirp4netns, with which it publishes a port, is missing")
    runtime = 'runtime = "runc"' if shutil.which("runc") else ""  # crun refuses machines with both kinds of cgroups
    storage = folder / "storage.conf"
    storage.write_text(STORAGE_CONF.format(folder=folder))
    for name, line in (("containers.conf", network), ("api.conf", "")):
        (folder / name).write_text(CONTAINERS_CONF.format(network=line, runtime=runtime))
    configured = {"CONTAINERS_CONF": str(folder / "containers.conf"), "CONTAINERS_STORAGE_CONF": str(storage)}
    return Engine("podman", configured)
