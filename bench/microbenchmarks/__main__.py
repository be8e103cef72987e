"""Measure every optimization and print one JSON object: for each, CPU µs of each round with it and without it."""

from __future__ import annotations

import eventlet

eventlet.monkey_patch()

import gc  # noqa: E402 - what serves is patched before every other import
import json  # noqa: E402
import os  # noqa: E402
import sys  # noqa: E402
import tempfile  # noqa: E402
import time  # noqa: E402
import traceback  # noqa: E402
from collections.abc import Callable  # noqa: E402
from contextlib import ExitStack  # noqa: E402
from pathlib import Path  # noqa: E402

from bench.microbenchmarks.pairs import Pair, pairs  # noqa: E402
from gateway.foundation.telemetry.logs import configure  # noqa: E402


def cost_us(act: Callable[[], object], calls: int) -> float:
    """CPU µs of one of the ``calls`` that ``act`` makes, the whole process counted."""
    began = time.process_time()
    act()
    return (time.process_time() - began) * 1e6 / calls


def main() -> None:
    """Rounds are interleaved; the first of each side does not count."""
    rounds = int(sys.argv[1])
    configure("warning", "json")
    with tempfile.TemporaryDirectory(prefix="levers-") as folder, ExitStack() as stack:
        made: list[Pair] = pairs(Path(folder), stack)
        gc.freeze()
        told: dict[str, dict[str, list[float]]] = {pair.lever: {"with": [], "without": []} for pair in made}
        for number in range(rounds + 1):
            for pair in made:
                costs = {"with": cost_us(pair.of_it, pair.calls), "without": cost_us(pair.of_the_other, pair.calls)}
                if number:
                    for side, microseconds in costs.items():
                        told[pair.lever][side].append(microseconds)
        print(json.dumps(told), flush=True)


if __name__ == "__main__":
    try:
        main()
    except Exception:  # noqa: BLE001 - told below, and the process ends
        traceback.print_exc()
        os._exit(1)
    os._exit(0)  # an interpreter that is patched ends with complaints of its own
