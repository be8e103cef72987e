"""A signal ends a gateway in order, wherever it comes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow


def test_a_signal_that_a_library_words_anew_is_no_fault(tmp_path: Path) -> None:
    """pydantic builds a validator at its first use; what is raised there comes as an error of its own."""
    arguments = ["serve", "--sim", "--seed", "demo", "--port", "0", "--data-dir", str(tmp_path / "data")]
    program = f"""
import signal, sys
from pydantic_core import SchemaValidator, core_schema
import scan_to_login.seed

class Member:
    @property
    def value(self):
        signal.raise_signal(signal.SIGTERM)

def load_seed(name):
    SchemaValidator(core_schema.enum_schema(Member, [Member()]))

scan_to_login.seed.load_seed = load_seed
sys.argv = ["gateway", *{arguments!r}]
from gateway.__main__ import main
main()
"""
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env=environment, timeout=60, check=False
    )
    assert done.returncode == 128 + signal.SIGTERM, done.stderr
    assert "a fault of its own" not in done.stderr
    assert not [*tmp_path.glob("*faults.log"), *tmp_path.glob("data/faults.log")]
