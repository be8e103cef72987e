"""What a stretch of load cost: the server's and its Redis's CPU, and the generator's own."""

from __future__ import annotations

import time
from typing import Any

from bench.processes import cpu_seconds


class Meter:
    """Begins to count when it is made."""

    def __init__(self, task: dict[str, Any]) -> None:
        self._pids: list[int] = task["pids"]
        self._redis: list[int] = [task["redis_pid"]]
        self._server_cpu = cpu_seconds(self._pids)
        self._redis_cpu = cpu_seconds(self._redis)
        self._own_cpu = time.process_time()
        self._began = time.perf_counter()

    def read(self, flows: int) -> dict[str, float]:
        """CPU of each in µs a flow, flows a second, and the generator's share of a core, since it was made."""
        seconds = time.perf_counter() - self._began
        return {
            "server_cpu_us": (cpu_seconds(self._pids) - self._server_cpu) / flows * 1e6,
            "redis_cpu_us": (cpu_seconds(self._redis) - self._redis_cpu) / flows * 1e6,
            "flows_per_second": flows / seconds,
            "generator_load": (time.process_time() - self._own_cpu) / seconds,
        }
