"""A test that looks a person up waits for no library that plants them."""

from __future__ import annotations

import subprocess
import sys

_LOOK_UP = """
import sys
from scan_to_login.testing.people import People
assert People("demo").password_of("agent") == "Demo-2019"
print(*{name.partition(".")[0] for name in sys.modules} & {"sqlalchemy", "argon2", "redis", "flask", "eventlet"})
"""


def test_looking_up_a_password_in_a_seed_loads_neither_database_nor_hashes() -> None:
    found = subprocess.run([sys.executable, "-c", _LOOK_UP], capture_output=True, text=True, check=True)
    assert found.stdout.split() == []
