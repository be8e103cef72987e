"""A network of a test's own: a machine with the address ``ADDRESS``, cut off from every other network.

Linux's namespaces make it (``unshare``), so that a test may listen beyond the loopback interface.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from functools import cache

import pytest

ADDRESS = "192.168.77.5"
_SET_UP = f"""
ip link set lo up && ip addr add {ADDRESS}/32 dev lo && ip route add default dev lo src {ADDRESS} && exec "$@"
"""


def in_a_network(command: Sequence[str]) -> list[str]:
    """``command`` in a network of its own, as the same process: signals reach it. Skips where there is none."""
    if missing := _missing():
        pytest.skip(f"no network namespace: {missing}")
    return _inside(command)


def _inside(command: Sequence[str]) -> list[str]:
    return ["unshare", "--map-root-user", "--net", "sh", "-c", _SET_UP, "sh", *command]


@cache
def _missing() -> str:
    for program in ("unshare", "ip"):
        if shutil.which(program) is None:
            return f"the program `{program}` is missing"
    tried = subprocess.run(_inside(["true"]), capture_output=True, text=True, timeout=30, check=False)
    return "" if tried.returncode == 0 else f"the system does not allow one ({tried.stderr.strip()})"
