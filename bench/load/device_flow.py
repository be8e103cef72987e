"""The same login by device flow (RFC 8628): the client asks, shows, and polls each second until the person approved."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections import deque
from typing import Any
from urllib.parse import urlencode

from bench.load.meter import Meter
from bench.load.wire import Http

POLL_SECONDS = 1.0
# How long the person takes, at random; a person at a real screen takes longer, and the polls go on as long.
PERSON_SECONDS = (1.0, 3.0)
GRANT_TYPE = "urn:ietf:params:oauth:grant-type:device_code"
_FORM = "application/x-www-form-urlencoded"


async def device_paced(task: dict[str, Any]) -> dict[str, Any]:
    """``flows`` logins begun at ``rate`` a second: seconds from approval sent to token received, and polls of each."""
    free: deque[Http] = deque()
    meter = Meter(task)
    began = time.perf_counter()
    flows = []
    for number in range(task["flows"]):
        await asyncio.sleep(max(0.0, began + number / task["rate"] - time.perf_counter()))
        flows.append(asyncio.ensure_future(_login(task["url"], free)))
    ended = await asyncio.gather(*flows)
    seen = meter.read(len(ended))
    for http in free:
        http.close()
    return {"told": [told for told, _ in ended], "polls": sum(polls for _, polls in ended) / len(ended), **seen}


async def device_polls(task: dict[str, Any]) -> dict[str, Any]:
    """``polls`` of codes that nobody has approved, ``wide`` at a time: CPU of each."""
    left = task["polls"]

    async def one_after_another() -> None:
        nonlocal left
        http = Http(task["url"])
        code = await _authorize(http)
        while left > 0:
            left -= 1
            if await _poll(http, code["device_code"]):
                raise RuntimeError("a code that nobody has approved was answered")
        http.close()

    meter = Meter(task)
    await asyncio.gather(*(one_after_another() for _ in range(task["wide"])))
    return {**meter.read(task["polls"])}


async def _login(url: str, free: deque[Http]) -> tuple[float, int]:
    """One flow: the seconds from the approval sent until the client has its token, and its polls."""
    http = free.popleft() if free else Http(url)
    code = await _authorize(http)
    shown = time.perf_counter()
    approving = asyncio.ensure_future(_approve(url, free, code["user_code"]))
    polls = 0
    while True:
        polls += 1
        await asyncio.sleep(max(0.0, shown + polls * POLL_SECONDS - time.perf_counter()))
        if await _poll(http, code["device_code"]):
            told = time.perf_counter()
            free.append(http)
            return told - await approving, polls


async def _approve(url: str, free: deque[Http], user_code: str) -> float:
    """The person, and when they pressed the button."""
    await asyncio.sleep(random.uniform(*PERSON_SECONDS))
    http = free.popleft() if free else Http(url)
    sent = time.perf_counter()
    await http.call("POST", "/approve", body={"user_code": user_code})
    free.append(http)
    return sent


async def _authorize(http: Http) -> dict[str, Any]:
    """The device authorization request (RFC 8628 section 3.1)."""
    status, content = await http.exchange("POST", "/device/auth", data=urlencode({"client_id": "bench"}), kind=_FORM)
    if status != 200:
        raise RuntimeError(f"/device/auth: {status} {content[:200]!r}")
    answer: dict[str, Any] = json.loads(content)
    return answer


async def _poll(http: Http, device_code: str) -> bool:
    """The token request (section 3.4): whether there is one by now. Raises RuntimeError for any other refusal."""
    form = urlencode({"client_id": "bench", "grant_type": GRANT_TYPE, "device_code": device_code})
    status, content = await http.exchange("POST", "/token", data=form, kind=_FORM)
    if status == 400 and json.loads(content)["error"] == "authorization_pending":
        return False
    if status != 200:
        raise RuntimeError(f"/token: {status} {content[:200]!r}")
    return True
