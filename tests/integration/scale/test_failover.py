"""A primary dies during logins: Redis Cluster and Sentinel, with real servers."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
import requests

from app_simulator.errors import PhoneError
from app_simulator.phone import Phone
from scan_to_login.testing.live import LiveGateway
from tests.history import History
from tests.integration.scale.logins import Logins
from tests.integration.scale.servers import Cluster, Node, SentinelSet, until

SLOT_KEY = "{pairing}:"
pytestmark = pytest.mark.slow


def _metric(gateway: LiveGateway, name: str) -> float:
    text = requests.get(f"{gateway.url}/metrics", timeout=5).text
    return next(float(line.split()[1]) for line in text.splitlines() if line.startswith(f"{name} "))


def _kill_during_logins(gateway: LiveGateway, primary: Callable[[], Node], *, comes_back: bool) -> None:
    """Logins go on while the primary is killed; they are stopped when some that began after it have gone through."""
    logins = Logins(gateway.url, threads=4, phones=24)
    logins.start()
    logins.wait_for(6)
    victim = primary()
    victim.kill()
    try:
        until("another primary", lambda: primary() is not victim)
        # Not from the kill on: a call sent in that instant may still be answered by the dying primary.
        promoted_at = time.monotonic()
        if comes_back:
            victim.start()
        logins.wait_for(len(logins.finished) + 8)
    finally:
        logins.stop()
        if not comes_back:
            victim.start()
    assert logins.lost == []
    assert logins.begun == len(logins.finished)
    assert logins.violations(healed_at=logins.first_after(promoted_at)) == []
    # The killed server may still be on its way back into its set.
    until("the gateway is ready", lambda: requests.get(f"{gateway.url}/readyz", timeout=5).ok)


def test_logins_outlive_the_death_of_the_clusters_primary(cluster: Cluster, serve: Callable[..., LiveGateway]) -> None:
    """No login is lost or doubled, and acknowledged changes stay: I1 to I5 and I7.

    It had one replica, which is the primary now: until the dead server is back no replica acknowledges, and all wait.
    """
    gateway = serve(workers=2, redis_url=cluster.url)
    _kill_during_logins(gateway, lambda: cluster.holder(SLOT_KEY), comes_back=True)
    cluster.wait_until_whole()


def test_logins_outlive_the_death_of_the_primary_that_sentinels_watch(
    sentinels: SentinelSet, serve: Callable[..., LiveGateway]
) -> None:
    """The same with Sentinel; with two replicas the logins go on before the dead server is back."""
    gateway = serve(workers=2, redis_url=sentinels.url)
    _kill_during_logins(gateway, sentinels.primary, comes_back=False)


def test_no_change_is_confirmed_without_an_acknowledging_replica(
    sentinels: SentinelSet, serve: Callable[..., LiveGateway]
) -> None:
    """More acknowledgements than replicas: 503, and no false promise."""
    gateway = serve(redis_url=sentinels.url, redis_replicas_acknowledge=3, redis_timeout_seconds=0.3)
    answer = requests.post(
        f"{gateway.url}/api/v1/tickets", json={"client": {"name": "c", "version": "1", "device": "d"}}, timeout=5
    )
    assert (answer.status_code, answer.json()["code"]) == (503, "not_acknowledged")
    assert "replica" in answer.json()["detail"]
    ready = requests.get(f"{gateway.url}/readyz?for=scan", timeout=5)
    assert (ready.status_code, ready.json()["missing"]) == (503, ["redis_write"])
    assert "replica" in ready.json()["parts"]["redis_write"]
    until("both replicas are counted", lambda: _metric(gateway, "pairing_redis_good_replicas") == 2)


def test_wrong_passwords_are_not_forgotten_in_a_failover(cluster: Cluster, serve: Callable[..., LiveGateway]) -> None:
    """Three before it and two after it lock the account: I6."""
    gateway = serve(redis_url=cluster.url)
    history = History()

    def attempt(password: str) -> str:
        with Phone(gateway.url) as phone:
            try:
                captcha = history.call("captcha", "", "agent", lambda: phone.captcha("agent"))
                answer = (
                    requests.get(f"{gateway.url}/sim/v1/captchas/{captcha.captcha_id}", timeout=5)
                    .json()
                    .get("answer", "")
                )
                proof = (captcha.captcha_id, answer)
                history.call("login", "", "agent", lambda: phone.login("agent", password, captcha=proof))
            except PhoneError as error:
                return error.code
        return ""

    assert [attempt("Wrong-2019") for _ in range(3)] == ["invalid_credentials"] * 3
    victim = cluster.holder(SLOT_KEY)
    victim.kill()
    until("another primary", lambda: cluster.holder(SLOT_KEY) is not victim)
    victim.start()
    told: list[str] = []

    def two_more() -> bool:
        told.append(attempt("Wrong-2019"))
        return sum(code in ("invalid_credentials", "account_locked") for code in told) == 2

    until("two more were evaluated", two_more)
    assert attempt("Demo-2019") == "account_locked"
    assert history.violations(healed_at=time.monotonic()) == []
    cluster.wait_until_whole()
