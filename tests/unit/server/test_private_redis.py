"""Knowing that the private server has ended: told by the kernel, else looked for."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest

from gateway.server.redis import private


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the kernel does not tell")
def test_the_kernel_reports_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "sleep", lambda _: pytest.fail("it looked instead"))
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        process.stdin.close()
        private._await_end(process)
        assert process.poll() is not None


@pytest.mark.parametrize("reaped", [True, False])
def test_without_pushes_it_polls_again_soon(monkeypatch: pytest.MonkeyPatch, reaped: bool) -> None:
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    if not reaped:
        monkeypatch.delattr(os, "pidfd_open", raising=False)
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        if reaped:
            process.stdin.close()
            process.wait()
        private._await_end(process)
        process.stdin.close()
    assert slept == [private.LOOK_SECONDS]
