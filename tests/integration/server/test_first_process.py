"""The gateway as a container's first process: signals without a handler are dropped there."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.scale.servers import until

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
ENDLESS_IMPORT = "import pathlib, time\npathlib.Path({file!r}).touch()\ntime.sleep(600)\n"
AS_FIRST = ["unshare", "--map-root-user", "--pid", "--fork", "--kill-child"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_among_the_imports_ends_it_at_once(tmp_path: Path, number: signal.Signals) -> None:
    """`docker stop` right after `docker run` would take ten seconds, and kill it."""
    if shutil.which("unshare") is None:
        pytest.skip("no process namespace: the program `unshare` is missing")
    tried = subprocess.run([*AS_FIRST, "true"], capture_output=True, text=True, timeout=30, check=False)
    if tried.returncode:
        pytest.skip(f"no process namespace: the system does not allow one ({tried.stderr.strip()})")
    importing = tmp_path / "importing"
    (tmp_path / "eventlet.py").write_text(ENDLESS_IMPORT.format(file=str(importing)))
    environment = {**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"}
    outside = subprocess.Popen([*AS_FIRST, sys.executable, "-m", "gateway", "serve"], env=environment)
    try:
        until("the import has begun", importing.exists)
        children = Path(f"/proc/{outside.pid}/task/{outside.pid}/children").read_text()
        os.kill(int(children), number)
        assert outside.wait(30) == 128 + number
    finally:
        outside.kill()
        outside.wait()
