"""The load generator's process: logins or waiting clients against one server; prints one JSON line of what it saw.

    python -m bench.load '{"url": ..., "pids": [...], "redis": ..., "account_id": ..., "taxpayer_id": ..., ...}'

Never monkey-patched, and it reports its own CPU, so that one can see that it is not the bottleneck.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from typing import Any

import redis.asyncio

from bench.flow import CLIENT, Phones, login
from bench.processes import cpu_seconds, resident_bytes
from bench.wire import Http, Socket

Task = dict[str, Any]


async def saturated(task: Task) -> dict[str, Any]:
    """``flows`` logins, ``wide`` at a time: CPU a login, logins a second."""
    waiting = Phones(task["redis"], task["account_id"]).take(task["flows"])
    told: list[float] = []

    async def one_after_another() -> None:
        http = Http(task["url"])
        while waiting:
            told.append(await login(task["url"], waiting.pop(), http, task["taxpayer_id"]))
        http.close()

    server, own, began = cpu_seconds(task["pids"]), time.process_time(), time.perf_counter()
    await asyncio.gather(*(one_after_another() for _ in range(task["wide"])))
    seconds = time.perf_counter() - began
    return {
        "server_cpu_us": (cpu_seconds(task["pids"]) - server) / len(told) * 1e6,
        "flows_per_second": len(told) / seconds,
        "generator_load": (time.process_time() - own) / seconds,
    }


async def paced(task: Task) -> dict[str, Any]:
    """``flows`` logins begun at ``rate`` a second, as long as it takes: seconds from confirm to push of each."""
    phones = Phones(task["redis"], task["account_id"]).take(task["flows"])
    free: list[Http] = []

    async def one(phone: Any) -> float:
        http = free.pop() if free else Http(task["url"])
        told = await login(task["url"], phone, http, task["taxpayer_id"])
        free.append(http)
        return told

    server, own, began = cpu_seconds(task["pids"]), time.process_time(), time.perf_counter()
    flows = []
    for number, phone in enumerate(phones):
        await asyncio.sleep(max(0.0, began + number / task["rate"] - time.perf_counter()))
        flows.append(asyncio.ensure_future(one(phone)))
    told = await asyncio.gather(*flows)
    seconds = time.perf_counter() - began
    for http in free:
        http.close()
    return {
        "told": told,
        "server_cpu_us": (cpu_seconds(task["pids"]) - server) / len(told) * 1e6,
        "generator_load": (time.process_time() - own) / seconds,
    }


async def floor(task: Task) -> dict[str, Any]:
    """Seconds from PUBLISH sent to message received, on two bare connections: the floor of any push."""
    client = redis.asyncio.Redis.from_url(task["redis"])
    subscription = client.pubsub()
    await subscription.subscribe("bench")
    await subscription.get_message(timeout=1)
    times = []
    for _ in range(task["messages"]):
        await asyncio.sleep(task["pause"])
        sent = time.perf_counter()
        publishing = asyncio.ensure_future(client.publish("bench", "x" * 200))
        while await subscription.get_message(timeout=1) is None:
            pass
        times.append(time.perf_counter() - sent)
        await publishing
    await subscription.aclose()
    await client.aclose()
    return {"told": times}


async def waiting(task: Task) -> dict[str, Any]:
    """Clients that wait: bytes of each at every number of ``counts``, and the CPU share of the last number idle."""
    before = resident_bytes(task["pids"])
    sockets: list[Socket] = []
    seen: dict[str, Any] = {"bytes": {}}

    async def arrive(count: int) -> None:
        for _ in range(count):
            socket = await Socket.open(task["url"])
            if task.get("tickets", True):
                await socket.call("request_ticket", {"client": CLIENT})
            sockets.append(socket)

    for count in task["counts"]:
        cpu, began, missing = cpu_seconds(task["pids"]), time.perf_counter(), count - len(sockets)
        await asyncio.gather(*(arrive(missing // 20) for _ in range(20)))
        seen["connects_per_second"] = missing / (time.perf_counter() - began)
        seen["connect_cpu_us"] = (cpu_seconds(task["pids"]) - cpu) / missing * 1e6
        seen["bytes"][str(count)] = (resident_bytes(task["pids"]) - before) / count
    if task.get("idle_seconds"):
        await asyncio.sleep(5)
        cpu, began = cpu_seconds(task["pids"]), time.perf_counter()
        await asyncio.sleep(task["idle_seconds"])
        seen["idle_cpu"] = (cpu_seconds(task["pids"]) - cpu) / (time.perf_counter() - began)
    if task.get("flows"):
        seen["flows"] = await saturated(task)
    cpu = cpu_seconds(task["pids"])
    for socket in sockets:
        socket.close()
    probe = Http(task["url"])
    await asyncio.sleep(1)
    await probe.call("GET", "/healthz")
    probe.close()
    seen["disconnect_cpu_us"] = (cpu_seconds(task["pids"]) - cpu) / len(sockets) * 1e6
    return seen


TASKS = {"saturated": saturated, "paced": paced, "floor": floor, "waiting": waiting}

if __name__ == "__main__":
    given: Task = json.loads(sys.argv[1])
    print(json.dumps(asyncio.run(TASKS[given["task"]](given))))
