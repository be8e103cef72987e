"""The load generator's process: phones log in, then whole logins run; prints one JSON line of what it saw.

    python -m bench.load URL TAXPAYER_ID REDIS_URL

Never monkey-patched, and it reports its own CPU, so that one can see that it is not the bottleneck.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import redis.asyncio

from bench.flow import Http, Phone, log_phone_in, login

PHONES = 60
WIDE = 12
LIGHT_FLOWS = 60
LIGHT_PER_SECOND = 10
ROUNDS = 5


def cpu_seconds(pid: int) -> float:
    """User and system time of a process and its threads so far (proc(5))."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


@dataclass(slots=True)
class Bench:
    """What a run needs."""

    url: str
    taxpayer_id: str
    phones: list[Phone]
    server_pids: list[int]

    def connection(self) -> Http:
        """A connection of its own, opened with its first call."""
        parts = urlsplit(self.url)
        return Http(parts.hostname or "", parts.port or 80)

    async def fresh_codes(self) -> float:
        """Move the gateway's clock on by one time step: a device's one-time code is good once. Answers its now."""
        http = self.connection()
        answer = await http.call("POST", "/sim/v1/clock/advance", body={"seconds": 31})
        http.close()
        return float(answer["now"]) / 1000

    async def saturated(self) -> dict[str, float]:
        """Every phone logs in once, WIDE at a time: flows a second and CPU a flow."""
        now = await self.fresh_codes()
        waiting = list(self.phones)
        told: list[float] = []

        async def one_after_another() -> None:
            http = self.connection()
            while waiting:
                told.append(await login(self.url, waiting.pop(), http, self.taxpayer_id, now))
            http.close()

        server, own, began = sum(map(cpu_seconds, self.server_pids)), time.process_time(), time.perf_counter()
        await asyncio.gather(*(one_after_another() for _ in range(WIDE)))
        seconds = time.perf_counter() - began
        flows = len(told)
        return {
            "server_cpu_us": (sum(map(cpu_seconds, self.server_pids)) - server) / flows * 1e6,
            "flows_per_second": flows / seconds,
            "generator_load": (time.process_time() - own) / seconds,
        }

    async def light(self) -> list[float]:
        """Logins at a steady pace: seconds from confirm to push of each."""
        now = await self.fresh_codes()
        http = self.connection()
        told = []
        for phone in self.phones[:LIGHT_FLOWS]:
            began = time.perf_counter()
            told.append(await login(self.url, phone, http, self.taxpayer_id, now))
            await asyncio.sleep(max(0.0, 1 / LIGHT_PER_SECOND - (time.perf_counter() - began)))
        http.close()
        return told


async def raw_redis(url: str, messages: int = 300) -> list[float]:
    """Seconds from PUBLISH sent to message received, on two bare connections: the floor of any push."""
    client = redis.asyncio.Redis.from_url(url)
    subscription = client.pubsub()
    await subscription.subscribe("bench")
    await subscription.get_message(timeout=1)
    times = []
    for _ in range(messages):
        sent = time.perf_counter()
        publishing = asyncio.ensure_future(client.publish("bench", "x" * 200))
        while await subscription.get_message(timeout=1) is None:
            pass
        times.append(time.perf_counter() - sent)
        await publishing
    await subscription.aclose()
    await client.aclose()
    return times


async def main(url: str, taxpayer_id: str, redis_url: str, server_pids: list[int]) -> None:
    """Warm up, then measure in rounds."""
    bench = Bench(url, taxpayer_id, [], server_pids)
    http = bench.connection()
    bench.phones = [await log_phone_in(http, "authorized", "Demo-2019") for _ in range(PHONES)]
    http.close()
    await bench.saturated()
    rounds, told, floor = [], [], []
    for number in range(ROUNDS):
        rounds.append(await bench.saturated())
        told += await bench.light()
        floor += await raw_redis(redis_url)
        print(f"round {number + 1} of {ROUNDS}", file=sys.stderr, flush=True)
    print(json.dumps({"rounds": rounds, "told": told, "floor": floor}))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], sys.argv[3], [int(pid) for pid in sys.argv[4:]]))
