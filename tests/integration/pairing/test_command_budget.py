"""The commands of a login, counted by Redis itself: one script an action, and no other command."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import redis

from bench import targets
from bench.load.flow import Phones, login
from bench.load.wire import Http
from tests.integration.wire import eventually

LOGINS = 10
# ticket, scan, confirm, claim, verification; and before the claim the claimant
SCRIPTS_A_LOGIN = 6


def calls(client: redis.Redis) -> dict[str, int]:
    """The number of calls of each command so far, by clients and by scripts."""
    told: dict[str, Any] = client.info("commandstats")
    return {name.removeprefix("cmdstat_"): row["calls"] for name, row in told.items()}


def test_a_login_is_one_script_an_action() -> None:
    with targets.gateway() as target:
        client = redis.Redis.from_url(target["redis"])
        phones = Phones(target["redis"], target["account_id"]).take(LOGINS + 1)

        async def log_in(count: int) -> None:
            http = Http(target["url"])
            for _ in range(count):
                await login(target["url"], phones.pop(), http, target["taxpayer_id"])
            http.close()

        # In a thread: a browser's test before this one may have left its loop in the main one.
        with ThreadPoolExecutor(1) as thread:
            thread.submit(lambda: asyncio.run(log_in(1))).result()  # the scripts' texts are sent once
            eventually(lambda: calls(client).get("smembers"))  # those of the audit log and of the waiting clients, too
            before = calls(client)
            thread.submit(lambda: asyncio.run(log_in(LOGINS))).result()
            after = calls(client)
        client.close()
    spent = {name: count - before.get(name, 0) for name, count in after.items()}
    # The audit log is moved into the database meanwhile: two scripts a batch, and one for each account with a message.
    # Once a second a script looks for logouts that are due. Each of these four has a command that no other script has.
    beside = sum(spent.get(name, 0) for name in ("xreadgroup", "xack", "smembers", "zrangebyscore"))
    assert spent["evalsha"] == SCRIPTS_A_LOGIN * LOGINS + beside
    assert spent.get("eval", 0) == 0
    assert spent["publish"] == 3 * LOGINS  # scanned, confirmed, claimed
