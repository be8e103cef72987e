"""Network namespaces (network_namespaces(7)): hosts with cables that a test may cut.

A test marked ``own_network`` runs in a process of its own, whose network nobody else has (``unshare --net``). Root may
make one; another user may where the kernel gives a user namespace (user_namespaces(7)). In it a bridge joins the hosts
to each other and to the test's process. Nothing there reaches this machine's network.
"""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import Final, Self

from scan_to_login.processes import end_with_parent, start
from tests.integration.scale.servers import Place, until

LONGEST_SECONDS: Final = 240.0
_INSIDE: Final = "SCAN_TO_LOGIN_OWN_NETWORK"
_WAYS: Final = (("unshare", "--net"), ("unshare", "--map-root-user", "--net"))
_TRY: Final = (
    "ip link set lo up && ip link add try0 type bridge && ip link add try1 type veth peer name try2"
    " && ip link set try1 master try0 && ip link set try1 type bridge_slave isolated on"
)


def _environment(**more: str) -> dict[str, str]:
    """This process's environment, with the folders of ``ip`` on the path, and nothing of pytest's own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    return {**kept, "PATH": f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin", **more}


@cache
def _found() -> tuple[tuple[str, ...], str]:
    """The command that makes a network of its own; or none, and why not."""
    why = ""
    for way in _WAYS:
        try:
            done = subprocess.run(
                [*way, "sh", "-c", _TRY], capture_output=True, text=True, check=False, env=_environment(), timeout=30
            )
        except OSError as error:
            return (), f"{way[0]}: {error.strerror}"
        if done.returncode == 0:
            return way, ""
        why = " ".join(done.stderr.split())
    return (), why


def refusal() -> str:
    """Why no network of its own can be made here; empty where it can."""
    return _found()[1]


def inside() -> bool:
    """True if this process has a separate network."""
    return _INSIDE in os.environ


def run_inside(test: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run one test, by its node id, in a network of its own."""
    return subprocess.run(
        [*_found()[0], sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", test],
        cwd=folder,
        env=_environment(**{_INSIDE: "1"}),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=LONGEST_SECONDS,
        preexec_fn=end_with_parent,
    )


class Network:
    """So many hosts at one bridge; the test's own process is at the bridge too. Only ``inside``."""

    def __init__(self, hosts: int) -> None:
        end_with_parent()  # once more: a user namespace has made the kernel forget it
        self._cables: list[str] = []
        self.hosts: list[Place] = []
        self._held = ExitStack()
        _ip("link set lo up")
        _ip("link add bridge0 type bridge")
        _ip("addr add 10.99.0.1/24 dev bridge0")
        _ip("link set bridge0 up")
        for number in range(hosts):
            self._add_host(number)

    def cut(self) -> None:
        """From now on no packet goes from host to host, silently; each host still reaches the test's process."""
        for cable in self._cables:
            _ip(f"link set {cable} type bridge_slave isolated on")

    def stop(self) -> None:
        """Give up hosts and bridge."""
        self._held.close()
        _ip("link del bridge0")

    def _add_host(self, number: int) -> None:
        # A process holds the namespace, until its standard input ends.
        holder = self._held.enter_context(
            start(
                ["unshare", "--net", "cat"],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                env=_environment(),
            )
        )
        entrance = Path(f"/proc/{holder.pid}/ns/net")
        ours = Path("/proc/self/ns/net").readlink()
        until("the host has its namespace", lambda: entrance.readlink() != ours)
        address, cable = f"10.99.0.{number + 2}", f"cable{number}"
        enter = ("nsenter", f"--net={entrance}")
        _ip(f"link add {cable} type veth peer name eth0 netns {holder.pid}")
        _ip(f"link set {cable} master bridge0 up")
        for line in ("link set lo up", f"addr add {address}/24 dev eth0", "link set eth0 up"):
            _ip(line, *enter)
        self._cables.append(cable)
        self.hosts.append(Place(address, enter))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def _ip(words: str, *enter: str) -> None:
    """``ip`` with these arguments. Raises AssertionError with its output."""
    done = subprocess.run(
        [*enter, "ip", *words.split()], capture_output=True, text=True, check=False, env=_environment()
    )
    assert done.returncode == 0, f"ip {words}: {done.stderr}"
