"""Up to 50,000 waiting clients at several workers: memory and CPU of the idle ones, as a curve of their number."""

from __future__ import annotations

import time
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass

from bench import targets
from bench.figures import share_of_core, table
from bench.generator import Waiting, waiting_at, warm_up
from bench.goals import Goal
from bench.plots import Curves
from bench.processes import cpu_seconds, open_many_files, resident_bytes
from bench.progress import say
from bench.report import Section
from bench.targets import BUN, OURS, Target

WORKERS = 3  # a process may often open 20,000 files and no more
SPARE_FILES = 2_500  # of each: the kernel does not share connections out evenly
SETTLE_SECONDS = 5
IDLE_SECONDS = 25  # one whole interval of both servers' pings


@dataclass(frozen=True, slots=True)
class Point:
    """So many clients wait: bytes of each, the share of a core that all of them take, and the generator's.

    The bytes are zero or less where the server gave back more of its start's memory than the clients took.
    """

    count: int
    bytes_each: float
    idle_core: float
    generator_load: float


def run(*, short: bool) -> Section:
    """Measure this gateway and Bun, one after the other: both crowds at a time would be a machine's whole memory."""
    files = open_many_files()
    wanted = (500, 1000) if short else (1000, 10_000, 20_000, 30_000, 40_000, 50_000)
    counts = [count for count in wanted if count <= WORKERS * (files - SPARE_FILES)]
    remarks: list[str] = []
    if len(counts) < len(wanted):
        remarks.append(f"Fewer clients waited than wanted: {files:,} open files are allowed here (`ulimit -Hn`).")
    seen: dict[str, list[Point]] = {}
    all_of_them: dict[str, AbstractContextManager[Target]] = {
        OURS: targets.gateway(workers=WORKERS),
        BUN: targets.bun(workers=WORKERS),
    }
    for name, target in all_of_them.items():
        with ExitStack() as stack:
            running, reasons = targets.started(stack, {name: target})
            remarks += reasons
            if name in running:
                warm_up(running[name], short=short)
                seen[name] = []
                try:
                    _crowd(stack, name, running[name], counts, IDLE_SECONDS if not short else 5, seen[name])
                except RuntimeError as error:
                    remarks.append(f"{name}: no more than {_most(seen[name]):,} clients came to wait ({error}).")
    return section(seen, remarks)


def _most(points: list[Point]) -> int:
    return points[-1].count if points else 0


def _crowd(stack: ExitStack, name: str, target: Target, counts: list[int], seconds: float, points: list[Point]) -> None:
    """Add one server's ``points``; its clients come from many addresses, for their ports, and are three processes.

    Raises RuntimeError where the server takes no more, or does not keep those that came.
    """
    crowds = [stack.enter_context(waiting_at(target, network=f"127.0.{2 + number}")) for number in range(WORKERS)]
    before = resident_bytes(target["pids"])
    for count in counts:
        say(f"{name}: until {count:,} clients wait, and {seconds} s of idling")
        shares = [count // WORKERS + (number < count % WORKERS) for number in range(WORKERS)]
        load = _have(crowds, count, shares)
        time.sleep(SETTLE_SECONDS)
        began = cpu_seconds(target["pids"])
        time.sleep(seconds)
        idle = (cpu_seconds(target["pids"]) - began) / seconds
        _have(crowds, count, shares)
        points.append(Point(count, (resident_bytes(target["pids"]) - before) / count, idle, load))


def _have(crowds: list[Waiting], count: int, shares: list[int]) -> float:
    """Wait until each of the ``crowds`` has its share of ``count``; answers a generator's greatest share of a core.

    Raises RuntimeError where one that came is gone.
    """
    told = [crowd.grow(share) for crowd, share in zip(crowds, shares, strict=True)]
    if lost := [reason for one in told for reason in one["lost"]]:
        raise RuntimeError(f"of {count:,} clients {len(lost):,} were lost: {lost[0]}")
    return max(float(one["generator_load"]) for one in told)


def _ratio(ours: Point, theirs: Point | None) -> list[float]:
    """Bytes of our client in those of theirs, if both are known."""
    if theirs is None or min(ours.bytes_each, theirs.bytes_each) <= 0:
        return []
    return [ours.bytes_each / theirs.bytes_each]


def section(seen: dict[str, list[Point]], remarks: list[str]) -> Section:
    """Table, goals and curves of what was read."""
    memory = {
        name: [(float(one.count), one.bytes_each / 1000) for one in points if one.bytes_each > 0]
        for name, points in seen.items()
    }
    cpu = {name: [(float(one.count), 100 * one.idle_core) for one in points] for name, points in seen.items()}
    theirs = {one.count: one for one in seen.get(BUN, [])}
    return Section(
        title=f"A crowd, {WORKERS} workers",
        lines=table(
            ("waiting clients", "number", "KB each", "CPU of all, idle", "µs of CPU a client and second", "generator"),
            (
                (
                    name,
                    f"{one.count:,}",
                    f"{one.bytes_each / 1000:.1f}" if one.bytes_each > 0 else "–",
                    f"{100 * one.idle_core:.2f}%",
                    f"{1e6 * one.idle_core / one.count:.2f}",
                    share_of_core([one.generator_load]),
                )
                for name, points in seen.items()
                for one in points
            ),
        ),
        goals=[
            goal
            for one in seen[OURS]
            if one.count >= 10_000 or len(seen[OURS]) < 3
            for goal in (
                Goal(
                    f"memory of a client, {one.count:,} at {WORKERS} workers, × Bun's",
                    _ratio(one, theirs.get(one.count)),
                    0.5,
                ),
                Goal(
                    f"CPU of {one.count:,} idle clients, {WORKERS} workers, × Bun's",
                    [one.idle_core / theirs[one.count].idle_core] if one.count in theirs else [],
                    0.5,
                ),
            )
        ],
        plots=[
            Curves("performance-crowd-memory.svg", "memory of a waiting client, KB", "clients that wait", memory),
            Curves(
                "performance-crowd-cpu.svg", "CPU of all idle clients, % of a core", "clients that wait", cpu, digits=2
            ),
        ],
        remarks=remarks,
        generator_loads=[one.generator_load for points in seen.values() for one in points],
    )
