"""A gateway that phones in the same network reach: its address in the QR, the pages that may connect, the demo."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.control.network_visits import VISITS
from tests.integration.network import in_a_network

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]


def environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PAIRING_", "REDIS_URL"))}
    return {**kept, "PAIRING_LANG": "en", "PYTHONPATH": str(ROOT)}


@pytest.mark.parametrize("visit", VISITS)
def test_a_machine_in_a_network(visit: str) -> None:
    done = subprocess.run(
        in_a_network([sys.executable, "-m", "tests.integration.control.network_visits", visit]),
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_without_a_network_the_demo_says_so_in_a_sentence() -> None:
    done = subprocess.run(
        in_a_network(["sh", "-c", 'ip route flush table main; exec "$@"', "sh", *_demo("--lan", "--once")]),
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr == "Error: This machine is in no network, so there is nothing for --lan to open.\n"


def _demo(*options: str) -> list[str]:
    return [sys.executable, "-m", "gateway", "demo", *options]
