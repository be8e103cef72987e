"""The server key, the database and Redis belong together; the key can be changed (SECURITY.md 44, 59)."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pyotp
import pytest
import redis

from gateway.foundation.secrets import ServerKey
from scan_to_login.testing.live import GatewayFailed, LiveGateway
from tests.integration.commands.test_gateway_command import gateway as command
from tests.integration.database.conftest import Serve
from tests.integration.people.conftest import Outside
from tests.integration.wire import Wire

pytestmark = pytest.mark.slow

OLD, NEW, OTHER = "the old key" * 4, "the new key" * 4, "another key" * 4


def gateway_of(folder: Path, key: str = "", previous: str = "", **environment: str) -> LiveGateway:
    """A gateway that keeps its data in ``folder`` beyond its end."""
    keys = {"PAIRING_SERVER_KEY": key, "PAIRING_SERVER_KEY_PREVIOUS": previous}
    return LiveGateway(data_dir=folder, environment={**keys, **environment})


def refusal(gateway: LiveGateway) -> str:
    """The one sentence of a gateway that does not start."""
    with pytest.raises(GatewayFailed) as failed, gateway:
        pass
    words = str(failed.value)
    assert "\n" not in words
    assert OLD not in words
    assert OTHER not in words
    return words


def kept_in(gateway: LiveGateway) -> dict[str, str]:
    """The marks in its Redis."""
    client = redis.Redis.from_url(gateway.ready["redis"]["url"], decode_responses=True)
    found = client.hgetall("{pairing}:installation")
    client.close()
    return dict(found)


def test_a_change_of_the_key_leaves_phones_sessions_claims_and_registration_codes_in_force(tmp_path: Path) -> None:
    """Secrets of the previous key are valid as long as the setting names it; new ones come from the new key."""
    window = {"PAIRING_TICKETS_CLAIM_REPEAT_SECONDS": "3600", "PAIRING_TICKETS_CONFIRMED_SECONDS": "3600"}
    stranger = {"name": "New Person", "id_type": "passport", "id_number": "E77700001"}
    with gateway_of(tmp_path, OLD, **window) as gateway:
        wire = Wire(gateway.url)
        phone, ticket = wire.phone(), wire.ticket()
        phone.approve(ticket.id)
        claimed = ticket.claim(key="once").body["access_token"]
        code = Outside(gateway).hall_code(**stranger)
    assert "PAIRING_SERVER_KEY" in refusal(gateway_of(tmp_path, NEW, **window))
    with gateway_of(tmp_path, NEW, f"{OTHER}, {OLD}", **window) as gateway:
        phone.wire = ticket.wire = wire = Wire(gateway.url)
        assert ticket.claim(key="once").body["access_token"] == claimed
        assert ticket.claim(key="other").code == "ticket_spent"
        assert wire.call("GET", "/session", f"Bearer {claimed}").status == 200
        second = wire.ticket()
        phone.approve(second.id)
        assert second.claim().status == 200
        assert Outside(gateway).begin_registration(stranger, code).status_code == 201
        fresh = wire.phone("single")
        assert fresh.login["otp_secret"] == ServerKey(NEW.encode()).otp_secret(fresh.login["access_token"])
        third = wire.ticket()
        fresh.approve(third.id)
    assert "PAIRING_SERVER_KEY" in refusal(gateway_of(tmp_path, OLD, **window))
    with gateway_of(tmp_path, NEW, **window) as gateway:
        phone.wire = fresh.wire = wire = Wire(gateway.url)
        fourth = wire.ticket()
        fresh.approve(fourth.id)
        fifth = wire.ticket()
        assert phone.scan(fifth.id).status == 200
        now = pyotp.TOTP(phone.login["otp_secret"]).at(wire.now_ms() // 1000)
        assert phone.confirm(fifth.id, now).code == "otp_invalid"


def test_the_key_of_the_data_directory_can_be_named_as_a_file(tmp_path: Path) -> None:
    with gateway_of(tmp_path / "data") as gateway:
        phone = Wire(gateway.url).phone()
    with gateway_of(tmp_path / "data", NEW, f"@{tmp_path / 'data' / 'server.key'}") as gateway:
        phone.wire = Wire(gateway.url)
        phone.approve(phone.wire.ticket().id)
    assert "cannot be read" in refusal(gateway_of(tmp_path / "data", NEW, "@/nowhere/server.key"))


def test_a_lost_key_can_be_given_up(tmp_path: Path) -> None:
    """A key file that was deleted is not silently another one."""
    data = tmp_path / "data"
    with gateway_of(data):
        pass
    (data / "server.key").unlink()
    assert "gateway adopt" in refusal(gateway_of(data))
    adopted = command("adopt", PAIRING_DATA_DIR=str(data))
    assert adopted.returncode == 0, adopted.stderr
    with gateway_of(data) as gateway:
        assert Wire(gateway.url).phone()


def test_an_empty_redis_is_marked_again(tmp_path: Path) -> None:
    """And what both stores keep says nothing about the key."""
    with gateway_of(tmp_path, OLD) as gateway:
        before = kept_in(gateway)
        gateway.control.restore_seed()
        assert kept_in(gateway) == before
    assert before.keys() == {"server_key", "database_id"}
    assert re.fullmatch("[0-9a-f]{32}", before["server_key"])
    shutil.rmtree(tmp_path / "redis")
    with gateway_of(tmp_path, OLD) as gateway:
        assert kept_in(gateway) == before


def test_two_databases_behind_one_prefix_are_noticed(serve: Serve, tmp_path: Path) -> None:
    """Under another prefix they are two installations."""
    first = serve(server_key=OLD)
    redis_url = first.ready["redis"]["url"]
    elsewhere = {"PAIRING_REDIS_URL": redis_url}
    words = refusal(gateway_of(tmp_path, OLD, **elsewhere))
    assert "PAIRING_REDIS_PREFIX" in words
    assert redis_url not in words  # its password
    with gateway_of(tmp_path, OLD, PAIRING_REDIS_PREFIX="{other}:", **elsewhere) as second:
        assert Wire(second.url).phone()
    shared = f"sqlite:///{first.data_dir / 'gateway.sqlite3'}"
    assert "PAIRING_SERVER_KEY" in refusal(gateway_of(tmp_path, NEW, PAIRING_DATABASE_URL=shared, **elsewhere))
