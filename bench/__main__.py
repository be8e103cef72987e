"""Whole logins against one worker: server CPU a flow, flows a second, confirm to push.

    make bench

The gateway and the load generator are processes of their own. The main figure is the server's CPU per login; absolute
times drift from machine to machine, so a raw Redis publish-to-receive is measured in the same run.
"""

from __future__ import annotations

import json
import platform
import statistics
import subprocess
import sys

import requests

from bench.load import LIGHT_PER_SECOND, WIDE
from gateway.testing.live import LiveGateway


def percentile(values: list[float], share: float) -> float:
    """The value below which ``share`` of them lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def spread(values: list[float], digits: int = 0) -> str:
    """Median, with the least and the most."""
    shown = [f"{value:,.{digits}f}" for value in (statistics.median(values), min(values), max(values))]
    return f"{shown[0]} ({shown[1]} to {shown[2]})"


def main() -> None:
    """Run and print."""
    limits = {"PAIRING_TICKETS_PER_ADDRESS": "0"}
    with LiveGateway(environment=limits) as gateway:
        seed = requests.get(f"{gateway.url}/sim/v1/seed", timeout=5).json()
        taxpayer_id = next(unit["taxpayer_id"] for unit in seed["units"] if unit["alias"] == "A")
        command = [sys.executable, "-m", "bench.load", gateway.url, taxpayer_id, gateway.ready["redis"]["url"]]
        done = subprocess.run([*command, str(gateway.pid)], stdout=subprocess.PIPE, text=True, check=True)
    seen = json.loads(done.stdout)
    rounds = seen["rounds"]
    told, floor = ([1000 * value for value in seen[name]] for name in ("told", "floor"))
    print(f"\n{platform.system()} {platform.machine()}, Python {platform.python_version()}, one worker")
    print(f"server CPU per login, µs          {spread([row['server_cpu_us'] for row in rounds])}")
    print(f"logins per second, {WIDE} at a time     {spread([row['flows_per_second'] for row in rounds])}")
    print(f"load generator, of one core       {spread([row['generator_load'] for row in rounds], 2)}")
    print(f"confirm to push, ms, {LIGHT_PER_SECOND} a second   p50 {percentile(told, 0.5):.2f}  p99 {percentile(told, 0.99):.2f}")
    print(f"raw Redis publish to receive, ms  p50 {percentile(floor, 0.5):.2f}  p99 {percentile(floor, 0.99):.2f}")
    print(f"ratio                             p50 {percentile(told, 0.5) / percentile(floor, 0.5):.1f}", end="")
    print(f"   p99 {percentile(told, 0.99) / percentile(floor, 0.99):.1f}")


if __name__ == "__main__":
    main()
