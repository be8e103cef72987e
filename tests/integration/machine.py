"""What the machine tells of processes (Linux)."""

from __future__ import annotations

import contextlib
import os
import select
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Self

HAND_OVERS: Final = 10  # from a cut line to the news: client, gateway and Redis run in turn, there and back
_LOOK_SECONDS: Final = 0.05


def owner_of(client_port: int, pids: list[int]) -> int:
    """Which of the processes holds the other end of a loopback connection (Linux)."""
    ends = {
        line.split()[9]
        for line in Path("/proc/net/tcp").read_text().splitlines()[1:]
        if int(line.split()[2].rpartition(":")[2], 16) == client_port
    }
    for pid in pids:
        for descriptor in Path(f"/proc/{pid}/fd").iterdir():
            with contextlib.suppress(OSError):
                target = str(descriptor.readlink())
                if target.startswith("socket:[") and target[8:-1] in ends:
                    return pid
    raise AssertionError("none of them holds that connection")


def cpu_seconds(pid: int) -> float:
    """CPU that a process has used, by its own clock (clock_getcpuclockid(3)): unlike time, not disturbed by others."""
    return time.clock_gettime((~pid << 3) | 2)


def alive(pid: int) -> bool:
    """Whether there is such a process, and it is no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def await_end(*pids: int, seconds: float = 30) -> None:
    """Return when all these processes have ended (Linux). Raises AssertionError if one has not in time."""
    until = time.monotonic() + seconds
    for pid in pids:
        try:
            descriptor = os.pidfd_open(pid)
        except ProcessLookupError:
            continue
        try:
            ended = select.select([descriptor], [], [], max(0.0, until - time.monotonic()))[0]
        finally:
            os.close(descriptor)
        assert ended, f"process {pid} goes on"


def descendants(pid: int) -> set[int]:
    """All processes below one (Linux)."""
    found: set[int] = set()
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            found |= {int(child)} | (descendants(int(child)) if alive(int(child)) else set())
    return found


def memory_kib(pid: int) -> int:
    """Resident memory of a process (Linux)."""
    return _status(pid, "VmRSS")


@contextlib.contextmanager
def peak_growth(pid: int, kib: int) -> Iterator[None]:
    """Fail where the resident memory of a process grows by more than ``kib`` at any time in the body (Linux)."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")  # from here on VmHWM is a new peak (proc(5))
    before = memory_kib(pid)
    yield
    grown = _status(pid, "VmHWM") - before
    assert grown <= kib, f"{grown} KiB more"


def _status(pid: int, name: str) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1])
    raise AssertionError(f"no {name}")


def descriptors(pid: int) -> int:
    """How many files a process holds open (Linux)."""
    return len(os.listdir(f"/proc/{pid}/fd"))  # noqa: PTH208 - counted, not read


class MachineDelay:
    """How late this machine lets a process run that wants to, measured all the time.

    A bound on time is meant for a quiet machine. On a busy one each hand-over from process to process waits for a
    turn; :meth:`late_by` is what that may add up to.
    """

    def __init__(self) -> None:
        self._late: list[tuple[float, float]] = []
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._measure, name="machine-delay", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._thread.join()

    def late_by(self, moment: float) -> float:
        """Seconds that the machine may have added to news due after ``moment`` (of the monotonic clock)."""
        seen = [late for at, late in self._late if moment - 1 <= at <= moment + 10]
        return HAND_OVERS * max(seen, default=0.0)

    def _measure(self) -> None:
        due = time.monotonic() + _LOOK_SECONDS
        while not self._stopping.wait(max(0.0, due - time.monotonic())):
            woken = time.monotonic()
            self._late.append((woken, woken - due))
            due = time.monotonic() + _LOOK_SECONDS
