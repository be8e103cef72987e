"""Clients that wait, held by the load generator's process while others measure; steered by JSON lines on its input."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Iterator
from typing import Any

from bench.load.flow import CLIENT
from bench.load.wire import Http, Socket
from bench.processes import cpu_seconds, resident_bytes

ARRIVING = 20  # at a time
# Of its 28,000 ports (Linux). Once half of them are taken the kernel looks for a free one for milliseconds, and nothing
# else runs on that core meanwhile.
FROM_ONE_ADDRESS = 5_000
SETTLE_SECONDS = 1.0


async def hold(task: dict[str, Any]) -> dict[str, Any]:
    """Answer ``{"count": N}`` with what it costs to have N waiting; ``{"leave": true}`` ends it, and is answered.

    ``lost`` says of each that came, and is connected no more, why. With ``network`` (``127.0.7``, say) the clients come
    from addresses of it.
    """
    pids = task["pids"]
    before = resident_bytes(pids)
    sockets: list[Socket] = []
    while True:
        line = await asyncio.to_thread(sys.stdin.readline)
        asked = json.loads(line) if line else {"leave": True}
        if "count" not in asked:
            return await _leave(task, sockets)
        missing = asked["count"] - len(sockets)
        cpu, own, began = cpu_seconds(pids), time.process_time(), time.perf_counter()
        sources = iter([source_of(task, number) for number in range(len(sockets), asked["count"])])
        await asyncio.gather(*(_arrive(task, sources, sockets) for _ in range(ARRIVING)))
        seconds, own = time.perf_counter() - began, time.process_time() - own
        await asyncio.sleep(SETTLE_SECONDS)
        seen = {
            "bytes_each": (resident_bytes(pids) - before) / len(sockets),
            "connects_per_second": missing / seconds,
            "generator_load": own / seconds,
            "connect_cpu_us": (cpu_seconds(pids) - cpu) / max(1, missing) * 1e6,
            "lost": [socket.lost for socket in sockets if socket.lost],
        }
        print(json.dumps(seen), flush=True)


def source_of(task: dict[str, Any], number: int) -> str:
    """The address of the client with this ``number``: of the task's own network, where it has one."""
    return f"{task['network']}.{1 + number // FROM_ONE_ADDRESS}" if "network" in task else ""


async def _arrive(task: dict[str, Any], sources: Iterator[str], sockets: list[Socket]) -> None:
    for source in sources:
        socket = await Socket.open(task["url"], source)
        await socket.call("request_ticket", {"client": CLIENT})
        sockets.append(socket)


async def _leave(task: dict[str, Any], sockets: list[Socket]) -> dict[str, Any]:
    cpu = cpu_seconds(task["pids"])
    for socket in sockets:
        socket.close()
    await asyncio.sleep(SETTLE_SECONDS)
    probe = Http(task["url"])
    await probe.call("GET", "/healthz")  # answered only after the disconnects before it
    probe.close()
    return {"disconnect_cpu_us": (cpu_seconds(task["pids"]) - cpu) / max(1, len(sockets)) * 1e6}
