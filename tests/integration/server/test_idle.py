"""What a gateway does that nobody uses, counted: Redis tells its commands, and the kernel how often a process wakes."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import redis

from scan_to_login.testing.live import LiveGateway

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="the kernel's counts are read in /proc"),
]

# The commands of scripts count too. A worker looks every five seconds for what a worker that died has left: in the
# audit log (4), among grants and logouts, and with the simulation among outcomes of CIBA.
COMMANDS_A_LOOK = 7
LOOK_SECONDS = 5
WINDOW_SECONDS = 2 * LOOK_SECONDS
# Wake-ups a second of what runs in the hub, and of the private Redis: its own look is ten times a second.
MOST_WAKE_UPS = 4
MOST_OF_REDIS = 20
# A pruning, a collection of garbage or the end of the start may fall into one window. It does not into each.
MOST_WINDOWS = 4


def wake_ups(pid: int) -> int:
    """How often the process's first thread has slept until now: in a gateway the hub runs there."""
    status = Path(f"/proc/{pid}/task/{pid}/status").read_text()
    return int(status.split("\nvoluntary_ctxt_switches:")[1].split()[0])


def commands(client: redis.Redis) -> int:
    """The commands that Redis has carried out, but for those of this test."""
    told = client.info("commandstats")
    return sum(about["calls"] for name, about in told.items() if name != "cmdstat_info")


@pytest.mark.parametrize(("sim", "workers"), [(False, 1), (True, 1), (False, 2)])
def test_an_idle_gateway_looks_for_work_twice_in_ten_seconds(sim: bool, workers: int) -> None:
    with LiveGateway(sim=sim, workers=workers) as gateway:
        own = [gateway.ready["pid"], *gateway.ready["workers"]]
        counted: dict[str, tuple[Callable[[], int], int]] = {
            f"process {pid}": (lambda pid=pid: wake_ups(pid), MOST_WAKE_UPS * WINDOW_SECONDS) for pid in {*own}
        }
        with redis.Redis.from_url(gateway.ready["redis"]["url"]) as client:
            looks = WINDOW_SECONDS // LOOK_SECONDS + 1  # one may begin before the window
            counted["commands"] = (lambda: commands(client), workers * looks * COMMANDS_A_LOOK)
            counted["redis"] = (lambda: wake_ups(gateway.ready["redis"]["pid"]), MOST_OF_REDIS * WINDOW_SECONDS)
            seen = []
            for _ in range(MOST_WINDOWS):
                before = {name: count() for name, (count, _) in counted.items()}
                time.sleep(WINDOW_SECONDS)  # what does not happen cannot be waited for
                seen.append({name: count() - before[name] for name, (count, _) in counted.items()})
                if all(found <= counted[name][1] for name, found in seen[-1].items()):
                    return
    pytest.fail(f"at most { ({name: most for name, (_, most) in counted.items()}) }, but in {WINDOW_SECONDS} s: {seen}")
