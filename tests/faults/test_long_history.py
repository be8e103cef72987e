"""The long history: thousands of logins while processes are killed, stopped and starved.

On two workers clients have WebSockets and REST long polls. Engine.IO's polling needs a single one: a session lives in
its worker. There the whole gateway is killed and started again, and its clients begin new sessions.

Repeat one with ``make histories ARGS="--history-seed=SEED"``; the seed of a run is printed at its end.
"""

from __future__ import annotations

import gc
import random
import socket
import time
from contextlib import closing, suppress
from pathlib import Path
from typing import Final

import pytest

from gateway.demo.lan import make_certificate
from scan_to_login.testing.live import LiveGateway
from tests.faults.actors import LIFETIMES, Crowd
from tests.faults.chaos import Chaos, Metronome, small_disk
from tests.faults.guesser import Guesser
from tests.faults.transports import TransportName
from tests.integration.machine import MachineDelay

ACTORS = 30
LONGEST_SECONDS = 1_500.0
DISK_MEBIBYTES = 160
BY_POLLING: Final = ("Socket.IO by polling", "Socket.IO upgraded")
FIXED_PORTS: Final = range(20_000, 30_000)  # below those that connections take by themselves (ip_local_port_range)


def lasting_port() -> int:
    """A free port that stays free while the gateway that has it is away."""
    for port in random.SystemRandom().sample(FIXED_PORTS, 100):
        with closing(socket.socket()) as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("no free port")


@pytest.mark.long
# python-engineio leaves the socket of an upgrade that was cut to the collector, which runs at the end of the test.
@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
@pytest.mark.parametrize(
    ("scheme", "workers", "transports", "share"),
    [
        ("http", 2, ("websocket", "REST poll"), 1.0),
        ("https", 2, ("websocket", "REST poll"), 0.2),
        ("http", 1, BY_POLLING, 0.2),
        ("https", 1, BY_POLLING, 0.1),
    ],
    ids=["http", "https", "http-polling", "https-polling"],
)
def test_no_login_is_lost_doubled_or_reported_late(
    tmp_path: Path,
    pytestconfig: pytest.Config,
    capsys: pytest.CaptureFixture[str],
    scheme: str,
    workers: int,
    transports: tuple[TransportName, ...],
    share: float,
) -> None:
    """I1 to I7 over all that 30 actors were answered, on each kind of connection, under every kind of fault."""
    wanted = int(share * pytestconfig.getoption("--history-logins"))
    seed = int(pytestconfig.getoption("--history-seed")) or random.SystemRandom().randrange(1, 10**6)
    with small_disk(tmp_path / "disk", DISK_MEBIBYTES) as disk:
        data = (disk or tmp_path) / "data"
        environment, verify = dict(LIFETIMES), ""
        if scheme == "https":
            certificate, key = make_certificate(tmp_path, "127.0.0.1")
            environment |= {"PAIRING_TLS_CERTIFICATE": str(certificate), "PAIRING_TLS_KEY": str(key)}
            verify = str(certificate)
        with LiveGateway(port=lasting_port(), workers=workers, data_dir=data, environment=environment) as gateway:
            crowd = Crowd(gateway.url, actors=ACTORS, seed=seed, verify=verify or True, transports=transports)
            guesser = Guesser(crowd, "newcomer")
            with Metronome(gateway.url, verify=verify or True) as metronome, MachineDelay() as delay:
                chaos = Chaos(gateway, metronome, seed=seed, disk=disk, verify=verify or True)
                crowd.on_loss = chaos.story
                began = time.monotonic()
                crowd.start()
                guesser.thread.start()
                try:
                    while time.monotonic() - began < LONGEST_SECONDS and not crowd.lost:
                        enough = crowd.wait_for(wanted, chaos.quiet())
                        if enough and chaos.complete and guesser.answers["account_locked"]:
                            break
                        chaos.break_something()
                finally:
                    crowd.stop()
                    guesser.thread.join(30)
                    gc.collect()
            took = time.monotonic() - began
            history = crowd.history
            with capsys.disabled():
                print(
                    f"\n{scheme} history on {' and '.join(transports)} with seed {seed}: "
                    f"{crowd.finished} logins ({dict(crowd.endings)}), {len(history.operations)} operations, "
                    f"{len(chaos.faults)} faults ({dict(chaos.kinds)}), "
                    f"{took:.0f} s, wrong passwords {dict(guesser.answers)}, "
                    f"{'a full disk among them' if disk else 'no disk could be mounted'}"
                )
            if crowd.lost:
                (pytestconfig.rootpath / "artifacts").mkdir(exist_ok=True)
                (pytestconfig.rootpath / "artifacts" / "history.log").write_text(gateway.log, "utf-8")
            assert crowd.lost == [], f"seed {seed}: {crowd.lost[0]} (the gateway's log is in artifacts/history.log)"
            violations = history.violations(faults=chaos.faults, late_by=delay.late_by)
            assert violations == [], f"seed {seed}: {len(violations)}, the first ones: {violations[:5]}"
            assert crowd.finished >= wanted, f"seed {seed}: {crowd.finished} logins in {took:.0f} s"
            assert chaos.complete, f"seed {seed}: not every kind of fault was done"
            assert guesser.answers["account_locked"] > 0, guesser.answers
