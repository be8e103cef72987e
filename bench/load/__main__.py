"""The load generator's process: one task against one server; prints what it saw as one JSON line.

    python -m bench.load.__main__ '{"task": "saturated", "url": ..., "pids": [...], "redis": ..., "redis_pid": ...,
    ...}'

Never monkey-patched, and it reports its own CPU, so that one can see that it is not the bottleneck.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

import redis.asyncio

from bench.load.device_flow import device_paced, device_polls
from bench.load.flow import Phone, Phones, login
from bench.load.meter import Meter
from bench.load.oauth import oauth_saturated
from bench.load.waiting import hold
from bench.load.wire import Http

Task = dict[str, Any]


async def saturated(task: Task) -> dict[str, Any]:
    """``flows`` logins, ``wide`` at a time: CPU a login, logins a second; with ``remember`` each is remembered."""
    phones = Phones(task["redis"], task["account_id"]).take(task["flows"])
    done = 0

    async def one_after_another() -> None:
        nonlocal done
        http = Http(task["url"])
        while phones:
            await login(task["url"], phones.pop(), http, task["taxpayer_id"], remember=task.get("remember", False))
            done += 1
        http.close()

    meter = Meter(task)
    await asyncio.gather(*(one_after_another() for _ in range(task["wide"])))
    return {**meter.read(done)}


async def paced(task: Task) -> dict[str, Any]:
    """``flows`` logins begun at ``rate`` a second, as long as it takes.

    Seconds from confirm to push of each (``told``), and of the whole login (``took``). HTTP goes over
    ``connections`` in turn, so that all of several workers get their share.
    """
    phones = Phones(task["redis"], task["account_id"]).take(task["flows"])
    free = deque(Http(task["url"]) for _ in range(task.get("connections", 1)))

    async def one(phone: Phone) -> tuple[float, float]:
        http = free.popleft() if free else Http(task["url"])
        asked = time.perf_counter()
        told = await login(task["url"], phone, http, task["taxpayer_id"])
        free.append(http)
        return told, time.perf_counter() - asked

    meter = Meter(task)
    began = time.perf_counter()
    flows = []
    for number, phone in enumerate(phones):
        await asyncio.sleep(max(0.0, began + number / task["rate"] - time.perf_counter()))
        flows.append(asyncio.ensure_future(one(phone)))
    ended = await asyncio.gather(*flows)
    seen = meter.read(len(ended))
    for http in free:
        http.close()
    return {"told": [told for told, _ in ended], "took": [took for _, took in ended], **seen}


async def floor(task: Task) -> dict[str, Any]:
    """Seconds from PUBLISH sent to message received, on two bare connections: the floor of any push."""
    client = redis.asyncio.Redis.from_url(task["redis"])
    subscription = client.pubsub()
    await subscription.subscribe("bench")
    await subscription.get_message(timeout=1)
    meter = Meter(task)
    times = []
    for _ in range(task["messages"]):
        await asyncio.sleep(task["pause"])
        sent = time.perf_counter()
        publishing = asyncio.ensure_future(client.publish("bench", "x" * 200))
        while await subscription.get_message(timeout=1) is None:
            pass
        times.append(time.perf_counter() - sent)
        await publishing
    seen = meter.read(len(times))
    await subscription.aclose()  # type: ignore[no-untyped-call]
    await client.aclose()
    return {"told": times, "generator_load": seen["generator_load"]}


TASKS: dict[str, Callable[[Task], Awaitable[dict[str, Any]]]] = {
    "saturated": saturated,
    "paced": paced,
    "floor": floor,
    "hold": hold,
    "device_paced": device_paced,
    "device_polls": device_polls,
    "oauth_saturated": oauth_saturated,
}


async def _perform(task: Task) -> dict[str, Any]:
    return await TASKS[task["task"]](task)


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_perform(json.loads(sys.argv[1])))))
