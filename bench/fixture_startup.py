"""What the fixtures cost: their start, a reset, a whole login; beside starting a test double that people like today.

    python -m bench.fixture_startup

The peer is oauth2-mock-server (npm), fetched into a temporary folder by npm's ordinary client. Starts are
interleaved in rounds; medians are told with the least and the most.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

from app_simulator.phone import Phone
from bench.__main__ import spread
from client_stub.client import Client
from gateway.testing import LiveGateway, scan_to_login

ROUNDS = 7
RESETS = 30
LOGINS = 60
PEER = "oauth2-mock-server@8.2.3"


def seconds(act: Callable[[], object]) -> float:
    """How long it takes."""
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def start_gateway() -> float:
    """Seconds until the fixture's gateway is ready, from nothing."""
    gateway = LiveGateway()
    try:
        return seconds(gateway.start)
    finally:
        gateway.stop()


def start_peer(folder: Path) -> float:
    """Seconds until the peer answers, from nothing."""
    began = time.perf_counter()
    program = str(folder / "node_modules/oauth2-mock-server/dist/oauth2-mock-server.mjs")
    process = subprocess.Popen(["node", program, "-a", "127.0.0.1", "-p", "0"], stdout=subprocess.PIPE, text=True)
    try:
        if process.stdout is None:
            raise RuntimeError("no pipe to the peer")
        line = next(line for line in process.stdout if "listening on" in line)
        url = next(word for word in line.split() if word.startswith("http"))
        requests.get(f"{url.rstrip('.')}/.well-known/openid-configuration", timeout=10).raise_for_status()
        return time.perf_counter() - began
    finally:
        process.terminate()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


@contextmanager
def peer_installed() -> Iterator[Path | None]:
    """A folder with the peer in it; None where there is no npm or no registry."""
    with tempfile.TemporaryDirectory(prefix="fixture-startup-") as scratch:
        npm = shutil.which("npm") or shutil.which("npm", path=str(Path(sys.executable).parent))
        if npm is None:
            yield None
            return
        command = [npm, "install", "--silent", "--no-audit", "--no-fund", "--prefix", scratch, PEER]
        yield Path(scratch) if subprocess.run(command, check=False).returncode == 0 else None


def fixture_costs() -> tuple[list[float], list[float]]:
    """Seconds of resets, and of whole logins through both Python sides (phone logged in, client connected anew)."""
    with LiveGateway() as gateway:
        resets = [seconds(gateway.reset) for _ in range(RESETS)]
        with Phone(gateway.url, sleep=gateway.control.clock.sleep) as phone:
            phone.login("authorized", gateway.password_of("authorized"))
            logins = []
            for _ in range(LOGINS):
                gateway.control.clock.advance(30)  # a fresh one-time code, so that the phone has not to wait for one
                phone.whoami()
                with Client(gateway.url) as client:
                    logins.append(
                        seconds(lambda client=client: scan_to_login(phone, client, gateway.unit("A").taxpayer_id))
                    )
    return resets[5:], logins[10:]


def main() -> None:
    """Run and print."""
    ours: list[float] = []
    theirs: list[float] = []
    with peer_installed() as folder:
        for _ in range(ROUNDS):
            ours.append(start_gateway())
            if folder is not None:
                theirs.append(start_peer(folder))
    resets, logins = fixture_costs()
    print(f"start of the fixture's gateway, ms    {spread([1000 * value for value in ours])}")
    if theirs:
        print(f"start of {PEER}, ms  {spread([1000 * value for value in theirs])}")
    else:
        print(f"start of {PEER}: not measured, npm could not fetch it")
    print(f"reset between two tests, ms           {spread([1000 * value for value in resets], 1)}")
    print(f"whole login through both sides, ms    {spread([1000 * value for value in logins], 1)}")


if __name__ == "__main__":
    main()
