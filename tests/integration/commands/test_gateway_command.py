"""The smaller commands of `gateway`: their output and exit codes."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from app_simulator.phone import Phone
from gateway.cli import gateway as cli
from gateway.config import Settings
from scan_to_login.seed import Seed, load_seed
from scan_to_login.testing.live import LiveGateway

pytestmark = pytest.mark.slow


def gateway(*arguments: str, cwd: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PAIRING_", "REDIS_URL"))}
    return subprocess.run(
        [sys.executable, "-m", "gateway", *arguments],
        cwd=cwd,
        env={**kept, "NO_COLOR": "1", "PYTHONPATH": os.pathsep.join(sys.path), **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_settings_lists_every_setting_with_default_and_help() -> None:
    done = gateway("settings", "--json")
    rows = {row["name"]: row for row in json.loads(done.stdout)}
    assert set(rows) == {f"PAIRING_{name.upper()}" for name in Settings.model_fields}
    assert rows["PAIRING_TICKETS_PENDING_SECONDS"]["default"] == "120"
    assert all(row["help"] for row in rows.values())


def test_settings_is_a_table_for_people() -> None:
    done = gateway("settings")
    assert done.returncode == 0
    assert "PAIRING_TICKETS_PENDING_SECONDS" in done.stdout
    assert done.stderr == ""


def test_doctor_checks_every_part_and_leaves_no_files(tmp_path: Path) -> None:
    done = gateway("doctor", PAIRING_DATA_DIR=str(tmp_path / "data"), PAIRING_PORT="0")
    found = {line[6:].partition(":")[0]: line[:4].strip() for line in done.stdout.splitlines()}
    needed = ("Redis", "database", "data directory", "port")
    assert {name: found.get(name) for name in needed} == dict.fromkeys(needed, "ok")
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])  # noqa: S104 - nothing listens there for long
def test_doctor_names_no_port_where_the_start_takes_one(tmp_path: Path, host: str) -> None:
    done = gateway("doctor", "--host", host, "--port", "0", "--data-dir", str(tmp_path / "data"))
    lines = [line for line in done.stdout.splitlines() if line[6:].startswith(("port:", "phones:"))]
    assert len(lines) == 2
    assert all("the start takes" in line for line in lines)
    assert not re.search(r":\d+(?![.\d])", "".join(lines)), lines


def test_doctor_names_missing_parts_and_exits_with_1(tmp_path: Path) -> None:
    nowhere = f"unix://{tmp_path}/no.sock"
    done = gateway("doctor", PAIRING_DATA_DIR=str(tmp_path / "data"), PAIRING_PORT="0", REDIS_URL=nowhere)
    assert done.returncode == 1
    assert "FAIL  Redis: " in done.stdout
    assert done.stderr == ""


def test_seed_fills_a_database_that_serve_then_uses(tmp_path: Path) -> None:
    data = tmp_path / "data"
    done = gateway("seed", "demo", "--data-dir", str(data))
    assert done.returncode == 0, done.stderr
    assert "11 accounts and 3 units" in done.stdout
    with LiveGateway(sim=False, seed="", data_dir=data) as running, Phone(running.url) as phone:
        assert phone.login("agent", "Demo-2019").login_name == "agent"


def test_the_server_key_is_made_with_the_schema_before_there_is_any_worker(tmp_path: Path) -> None:
    """Workers that made it at once would read each other's half."""
    gateway("seed", "demo", "--data-dir", str(tmp_path))
    key = tmp_path / "server.key"
    assert (key.stat().st_size, key.stat().st_mode & 0o777) == (32, 0o600)


def test_a_data_directory_may_be_a_relative_path(tmp_path: Path) -> None:
    done = gateway("seed", "demo", "--data-dir", "here/data", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "here" / "data" / "gateway.sqlite3").exists()


def test_an_invalid_seed_is_one_sentence(tmp_path: Path) -> None:
    wrong = tmp_path / "seed.json"
    wrong.write_text('{"people": []}')
    done = gateway("seed", str(wrong), "--data-dir", str(tmp_path / "data"))
    assert done.returncode == 1
    assert done.stderr.startswith(f"Error: The seed {wrong} does not fit at people (line 1): ")
    assert len(done.stderr.splitlines()) == 1


def test_a_seed_is_printed_as_yaml_that_is_read_again(tmp_path: Path) -> None:
    printed = tmp_path / "people.yaml"
    printed.write_text(gateway("seed", "--print", PYTHONIOENCODING="utf-8").stdout, "utf-8")
    assert load_seed(str(printed)) == load_seed("demo")
    schema = json.loads(gateway("seed", "--schema").stdout)
    assert schema["properties"].keys() == Seed.model_fields.keys()


def test_readyz_waits_for_the_gateway_and_says_when_there_is_none(live_gateway: LiveGateway) -> None:
    assert gateway("readyz", "--url", live_gateway.url, "--wait").stdout == "ready\n"
    done = gateway("readyz", "--url", "http://127.0.0.1:9")
    assert done.returncode == 1
    assert done.stderr == "Error: Not ready: http://127.0.0.1:9 does not answer (ConnectionError).\n"


def test_the_command_speaks_chinese_where_the_environment_does(tmp_path: Path) -> None:
    def chinese(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return gateway(*arguments, PAIRING_LANG="zh", PYTHONIOENCODING="utf-8", **environment)

    for command in cli.commands.keys() - {"worker"}:
        shown = chinese(command, "--help").stdout
        assert re.match(rf"用法：.*gateway {command} \[选项\]", shown), shown
        assert not re.search(r"\b(the|Usage|Options|required|default)\b", shown), shown
    wrong = chinese("serve", "--port", "many")
    assert (wrong.returncode, "'many' 不是有效的整数。" in wrong.stderr) == (2, True), wrong.stderr
    table = chinese("settings").stdout
    assert "说明" in table
    assert "监听地址。" in table
    found = chinese("doctor", "--port", "0", "--data-dir", str(tmp_path), PAIRING_WORKERS="90")
    assert "PAIRING_WORKERS：须不大于 64。" in found.stdout
    assert json.loads(chinese("settings", "--json").stdout)[0]["origin"] == "default"  # programs read one language
