"""What the test fixtures cost: their start, a reset, a whole login; beside starting what people start today."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import requests

from app_simulator.phone import Phone
from bench import targets
from bench.figures import Readings, ratios, spread, table
from bench.goals import Goal
from bench.packages import PEERS, Unavailable, node_program, npm_package, peers_installed
from bench.parts.plain_login import PlainLogin
from bench.processes import PACKAGES, cpu_of_ended
from bench.progress import say
from bench.report import Section
from bench.targets import BARE
from client_stub.client import Client
from scan_to_login.testing import LiveGateway, forkserver_client, scan_to_login

FIRST = "start of a test run's first gateway"
WAITED = "what a run of pytest waits for it, the run before having needed one too"
FURTHER = "start of a further gateway of that run"
NODE = f"start of {BARE}, and its Redis"
MOCK = "start of oauth2-mock-server"
LIBRARIES = "imports of that gateway's libraries alone, in a process of their own"
RESET = "reset between two tests"
LOGIN = "whole login through both Python sides"
PLAIN = "the same login by requests and python-socketio alone"
NPM = "whole login through both sides of the npm package"
STARTS = (FIRST, WAITED, LIBRARIES, NODE, MOCK)
RESETS, LOGINS = 30, 60
NPM_SECONDS = 120  # at the most
DISCARDED = 10  # the first ones of each warm up


def run(*, short: bool) -> Section:
    """Measure starts in interleaved rounds, then resets and logins."""
    readings = Readings()
    remarks: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        starts: dict[str, Callable[[], float]] = {
            FIRST: _start_first,
            WAITED: _pytest_in(Path(folder)),
            FURTHER: _start_further,
            LIBRARIES: _libraries(),
        }
        _measure(starts, readings, remarks, 2 if short else 7)
    say(f"{RESETS} resets, {LOGINS} logins through the fixtures and {LOGINS} through the npm package")
    _use(readings, remarks)
    return section(readings, remarks)


def _measure(starts: dict[str, Callable[[], float]], readings: Readings, remarks: list[str], rounds: int) -> None:
    """Each start once a round."""
    try:
        modules = peers_installed()
        starts |= {NODE: _start_node, MOCK: lambda: _start_mock(modules)}
    except Unavailable as error:
        remarks.append(str(error))
    for number in range(1, rounds + 1):
        say(f"round {number} of {rounds}: {', '.join(starts)}")
        for name, start in starts.items():
            before = cpu_of_ended()
            seconds = start()
            readings.add(name, {"ms": 1000 * seconds, "cpu": 1000 * (cpu_of_ended() - before)})


def section(readings: Readings, remarks: list[str]) -> Section:
    """Table and goals of what was read."""
    return Section(
        title="For tests",
        lines=table(
            ("ms", "median", "CPU from start to end, the least"),
            ((name, spread(readings.values(name, "ms"), 1), _least_cpu(readings, name)) for name in readings.names),
        ),
        goals=[
            Goal("fixture's gateway ready, the first of a run, ms", _median(readings, FIRST), 300, digits=0),
            Goal(f"the same, × {NODE}", ratios(readings.values(FIRST, "ms"), readings.values(NODE, "ms")), 2),
            Goal("fixture's gateway ready, a further one, ms", _median(readings, FURTHER), 200, digits=0),
            Goal("reset, ms", _median(readings, RESET), 20, digits=1),
            Goal("one whole login through both Python sides, ms", _median(readings, LOGIN), 10, digits=1),
        ],
        remarks=remarks,
    )


def _least_cpu(readings: Readings, name: str) -> str:
    """Of the processes that a start makes; none where they go on: a further gateway is the forkserver's child."""
    cpu = readings.values(name, "cpu") if name in STARTS else []
    return f"{min(cpu):.0f}" if cpu else "–"


def _median(readings: Readings, name: str) -> list[float]:
    return [readings.median(name, "ms")] if name in readings.names else []


def _seconds(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def _start_first() -> float:
    """Seconds until the fixture's gateway is ready, from nothing: all is imported anew."""
    forkserver_client.FORKSERVER.close()
    seconds = _start_gateway()
    forkserver_client.FORKSERVER.close()
    return seconds


def _start_further() -> float:
    """The same with a forkserver that has forked one before."""
    if not forkserver_client.FORKSERVER.begun:
        _start_gateway()
    return _start_gateway()


def _pytest_in(folder: Path) -> Callable[[], float]:
    """What runs pytest in ``folder``; answers the seconds that its one test waited for its gateway."""
    (folder / "test_one.py").write_text("def test_one(pairing_gateway_process): pass\n")
    (folder / "pytest.ini").write_text("[pytest]\n")
    command = [sys.executable, "-m", "pytest", "-q", "--durations=0", "-vv"]

    def once() -> float:
        done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, text=True, check=True)
        return float(next(line for line in done.stdout.splitlines() if "s setup" in line).split("s ")[0])

    once()  # the run before
    return once


def _start_gateway() -> float:
    """Seconds until the fixture's gateway is ready."""
    gateway = LiveGateway()
    try:
        return _seconds(gateway.start)
    finally:
        gateway.stop()


def _libraries() -> Callable[[], float]:
    """What imports those modules of a gateway that are not its own, in its order; answers the seconds it takes."""
    ours, theirs = socket.socketpair()
    ours.close()  # so that the forkserver ends once it has imported all
    with theirs:
        told = subprocess.run(
            [sys.executable, "-P", "-X", "importtime", "-m", "gateway", "forkserver", str(theirs.fileno())],
            stderr=subprocess.PIPE, text=True, check=True, pass_fds=[theirs.fileno()],
        ).stderr  # fmt: skip
    modules = [line.rpartition("|")[2].strip() for line in told.splitlines() if line.startswith("import time:")]
    foreign = [name for name in modules[1:] if name.partition(".")[0] not in PACKAGES]
    command = [sys.executable, "-P", str(Path(__file__).parent.parent / "imports.py"), *foreign]
    return lambda: _seconds(lambda: subprocess.run(command, check=True))


def _start_node() -> float:
    began = time.perf_counter()
    with targets.node("bare"):
        return time.perf_counter() - began


def _start_mock(modules: Path) -> float:
    """Seconds until oauth2-mock-server answers, from nothing."""
    began = time.perf_counter()
    program = str(modules / "node_modules" / "oauth2-mock-server" / "dist" / "oauth2-mock-server.mjs")
    command = [node_program(), program, "-a", "127.0.0.1", "-p", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            line = next((line for line in process.stdout or () if "listening on" in line), "")
            url = next((word for word in line.split() if word.startswith("http")), "")
            if not url:
                raise RuntimeError("oauth2-mock-server did not start; what it said is above")
            requests.get(f"{url.rstrip('.')}/.well-known/openid-configuration", timeout=10).raise_for_status()
            return time.perf_counter() - began
        finally:
            process.terminate()


def _use(readings: Readings, remarks: list[str]) -> None:
    """Resets, and whole logins through both Python sides and both of the npm package.

    The phone is logged in, the client connects anew.
    """
    taken: dict[str, list[float]] = {}
    with LiveGateway() as gateway:
        taken[RESET] = [_seconds(gateway.reset) for _ in range(RESETS)]
        with Phone(gateway.url, sleep=gateway.control.clock.sleep) as phone:
            phone.login("authorized", gateway.password_of("authorized"))
            with PlainLogin(gateway, "authorized", "A") as plain:
                pairs = [(_login(gateway, phone), plain.once()) for _ in range(LOGINS)]
            taken[LOGIN], taken[PLAIN] = ([pair[side] for pair in pairs] for side in (0, 1))
        try:
            taken[NPM] = _npm_logins(gateway)
        except Unavailable as error:
            if str(error) not in remarks:
                remarks.append(str(error))
    for name, times in taken.items():
        for seconds in times[DISCARDED:]:
            readings.add(name, {"ms": 1000 * seconds})


def _npm_logins(gateway: LiveGateway) -> list[float]:
    """Seconds of each login in a process of Node. Raises Unavailable."""
    program = [node_program(), str(PEERS / "npm_login.mjs"), str(npm_package())]
    words = [gateway.url, "authorized", gateway.unit("A").taxpayer_id, str(LOGINS)]
    try:
        done = subprocess.run([*program, *words], stdout=subprocess.PIPE, text=True, check=True, timeout=NPM_SECONDS)
    except subprocess.SubprocessError:
        raise Unavailable("The npm package did not log in: Node 22.18 or newer runs its sources as they are.") from None
    return [milliseconds / 1000 for milliseconds in json.loads(done.stdout)]


def _login(gateway: LiveGateway, phone: Phone) -> float:
    gateway.control.clock.advance(30)  # a fresh one-time code, so that the phone has not to wait for one
    phone.whoami()
    with Client(gateway.url) as client:
        return _seconds(lambda: scan_to_login(phone, client, gateway.unit("A").taxpayer_id))
