"""`gateway rotate-keys` beside a running gateway: new keys sign, and those before still verify."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from joserfc import jwt
from joserfc.jwk import KeySet

from app_simulator.phone import Phone
from scan_to_login.testing.live import LiveGateway
from tests.integration.commands.test_gateway_command import gateway as command
from tests.integration.oauth.conftest import Protocol
from tests.integration.scale.postgres import Postgres
from tests.integration.wire import eventually

pytestmark = pytest.mark.slow


def published(url: str) -> list[str]:
    """The ids of the keys, newest first."""
    return [key["kid"] for key in requests.get(f"{url}/oauth/jwks", timeout=10).json()["keys"]]


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Iterator[str]:
    """The setting's value."""
    if request.param == "sqlite":
        yield ""
        return
    postgres = Postgres()
    yield postgres.url()
    postgres.stop()


def test_keys_turn_beside_a_running_gateway(tmp_path: Path, database: str) -> None:
    environment = {"PAIRING_DATABASE_URL": database} if database else {}
    with LiveGateway(data_dir=tmp_path, environment=environment) as gateway, Phone(gateway.url) as phone:
        protocol = Protocol(gateway)
        phone.login("agent", "Demo-2019")
        first = protocol.log_in(phone)["id_token"]
        before = published(gateway.url)
        done = command("rotate-keys", "--data-dir", str(tmp_path), **environment)
        assert (done.returncode, done.stderr) == (0, "")
        fresh = done.stdout.removeprefix("New keys sign from now on: ").split()
        eventually(lambda: set(published(gateway.url)) == {*before, *fresh})
        assert len(fresh) == 2
        assert not {*before} & {*fresh}
        second = protocol.log_in(phone)["id_token"]
        keys = KeySet.import_key_set(requests.get(f"{gateway.url}/oauth/jwks", timeout=10).json())
        assert jwt.decode(first, keys, ["ES256", "RS256"]).header["kid"] in before
        assert jwt.decode(second, keys, ["ES256", "RS256"]).header["kid"] in fresh


def test_what_is_no_gateways_data_is_refused_in_one_sentence(tmp_path: Path) -> None:
    done = command("rotate-keys", "--data-dir", str(tmp_path / "none"))
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)
    assert "There are no data of a gateway in" in done.stderr
    assert not (tmp_path / "none").exists()
    with LiveGateway(data_dir=tmp_path / "some"):
        pass
    done = command("rotate-keys", "--data-dir", str(tmp_path / "some"), PAIRING_SERVER_KEY="of somebody else " * 3)
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)
    assert "belongs to another PAIRING_SERVER_KEY" in done.stderr
