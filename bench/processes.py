"""What a process has used, as Linux counts it, and how many files it may open."""

from __future__ import annotations

import compileall
import os
import resource
import subprocess
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("app_simulator", "client_stub", "gateway", "scan_to_login")
_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


def compile_packages() -> None:
    """Byte code beside the sources, as pip makes it at an installation.

    Without it, where PYTHONDONTWRITEBYTECODE is set, each process compiles anew what it imports: a third of a start.
    """
    for package in PACKAGES:
        compileall.compile_dir(ROOT / package, quiet=1)


def cost_of(command: list[str], folder: str | None = None, *, codes: tuple[int, ...] = (0,)) -> dict[str, float]:
    """Milliseconds of a command (`ms`), and of its CPU with that of its children (`cpu`).

    Raises RuntimeError if it ends with another code than these.
    """
    before, began = cpu_of_ended(), time.perf_counter()
    done = subprocess.run(
        command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False
    )
    taken, cpu = time.perf_counter() - began, cpu_of_ended() - before
    if done.returncode not in codes:
        raise RuntimeError(f"{' '.join(command[1:])} ended with {done.returncode}: {done.stderr.decode().strip()}")
    return {"ms": 1000 * taken, "cpu": 1000 * cpu}


def cpu_of_ended() -> float:
    """User and system time, in seconds, of all processes that this one has started and that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def cpu_seconds(pids: list[int]) -> float:
    """User and system time of processes so far, with all their threads, those that have ended too."""
    return sum(_cpu_seconds(pid) for pid in pids)


def _cpu_seconds(pid: int) -> float:
    # /proc/PID/stat tells the same in steps of 10 ms; a process's CPU clock (clock_getcpuclockid(3)) has no steps.
    try:
        return time.clock_gettime((~pid << 3) | 2)
    except OSError:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS


def resident_bytes(pids: list[int]) -> int:
    """Resident set of processes."""
    return sum(int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE for pid in pids)


def open_many_files() -> int:
    """Let this process, and those it starts, open as many files as the system allows; answers how many."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    return most
