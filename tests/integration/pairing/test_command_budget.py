"""The commands of a login, told by Redis itself: one script an action, and no other command."""

from __future__ import annotations

import asyncio
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
import redis
from redis.client import Monitor

from bench import targets
from bench.load.flow import Phones, login
from bench.load.wire import Http
from gateway.config import Settings
from gateway.foundation.keys import Keys
from scan_to_login.testing.live import LiveGateway
from tests.integration.wire import Socket, eventually

LOGINS = 10
# ticket, scan, confirm, claim, verification; and before the claim the claimant
SCRIPTS_A_LOGIN = 6
# A worker's own: when grants, logouts and CIBA are due, who deletes expired rows, whether Redis answers and its size.
UPKEEP = {"ZRANGE", "SET", "PING", "INFO"}


def commands(monitor: Monitor, client: redis.Redis) -> list[tuple[bool, list[str]]]:
    """The commands since the monitor began, by their words, and whether a script gave them."""
    client.echo("the-end")
    found = []
    while (told := monitor.next_command())["command"] != "ECHO the-end":
        found.append((told["client_type"] == "lua", told["command"].split()))
    return found


def test_a_client_that_renews_an_expired_ticket_costs_two_scripts(gateway: LiveGateway) -> None:
    """The gateway reads the ticket at its deadline, and the client requests another one."""
    tickets = Keys(Settings().redis_prefix).ticket("")
    with redis.Redis.from_url(gateway.reread()["redis"]["url"]) as client, Socket(gateway.url) as socket:
        ticket = socket.request()
        # Its text is sent once.
        gateway.control.clock.advance(Settings().tickets_pending_seconds + 1)
        socket.until("expired")
        with client.monitor() as monitor:
            for _ in range(3):
                ticket = socket.request(ticket)
                gateway.control.clock.advance(Settings().tickets_pending_seconds + 1)
                socket.until("expired")
            told = commands(monitor, client)
    scripts = [words for of_script, words in told if words[0].upper() == "EVALSHA" and words[3].startswith(tickets)]
    assert len(scripts) == 2 * 3


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param({}, id="as installed"),
        pytest.param(
            {
                "PAIRING_NUMBER_MATCHING": "return",
                "PAIRING_ROTATING_QR": "true",
                "PAIRING_QR_LOGIN_OFF": "client:another",
                "PAIRING_TARGETED_TICKETS": "true",
            },
            id="optional features on",
            marks=pytest.mark.slow,
        ),
    ],
)
def test_a_login_is_one_script_an_action(settings: dict[str, str]) -> None:
    keys = Keys(Settings().redis_prefix)
    with targets.gateway(**settings) as target:
        client = redis.Redis.from_url(target["redis"])
        phones = Phones(target["redis"], target["account_id"]).take(LOGINS + 1)

        async def log_in(count: int) -> None:
            http = Http(target["url"])
            for _ in range(count):
                await login(target["url"], phones.pop(), http, target["taxpayer_id"])
            http.close()

        # In a thread: a browser's test before this one may have left its loop in the main one.
        with ThreadPoolExecutor(1) as thread, client.monitor() as monitor:
            # The scripts' texts are sent once: those of the audit log too, whose last one tells the phones that wait.
            thread.submit(lambda: asyncio.run(log_in(1))).result()
            eventually(lambda: any(keys.waiting_phones("") in words for _, words in commands(monitor, client)))
            thread.submit(lambda: asyncio.run(log_in(LOGINS))).result()
            told = commands(monitor, client)
        client.close()
    # Once a second the audit log is moved into the database, and phones that wait are told.
    beside = {keys.audit_log, keys.waiting_phones("")}
    scripts = [words for of_script, words in told if words[0].upper() == "EVALSHA" and words[3] not in beside]
    assert len(scripts) == SCRIPTS_A_LOGIN * LOGINS
    sent = Counter(words[0].upper() for of_script, words in told)
    # And whether Redis and database still belong together.
    own = [words for of_script, words in told if not of_script and words[1:2] != [keys.installation]]
    assert {words[0].upper() for words in own} <= {"EVALSHA", *UPKEEP}
    assert sent["PUBLISH"] == 3 * LOGINS  # scanned, confirmed, claimed
