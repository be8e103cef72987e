"""Logins for a registered client, by the device flow or the code flow: at this gateway, or at oidc-provider.

Nobody waits: the person approves at once, and the client asks once, afterwards.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlencode, urlsplit

from bench.load.flow import Phone, Phones, one_time_code
from bench.load.meter import Meter
from bench.load.wire import Http

CLIENT = {"client_id": "web", "client_secret": "demo-secret"}  # of the demo seed, and of the peer
REDIRECT_URI = "http://127.0.0.1/callback"
VERIFIER = "a-code-verifier-that-is-long-enough-to-be-one-0123456789"
_DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
_FORM = "application/x-www-form-urlencoded"
_CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
QUERY = urlencode(
    {
        "client_id": CLIENT["client_id"],
        "response_type": "code",
        "redirect_uri": REDIRECT_URI,
        "scope": "openid",
        "state": "s",
        "code_challenge": _CHALLENGE,
        "code_challenge_method": "S256",
    }
)


async def oauth_saturated(task: dict[str, Any]) -> dict[str, Any]:
    """``flows`` logins by ``flow``, ``wide`` at a time: CPU a login, logins a second."""
    phones = Phones(task["redis"], task["account_id"]).take(task["flows"]) if task["ours"] else []
    left = task["flows"]

    async def one_after_another() -> None:
        nonlocal left
        http = Http(task["url"])
        while left > 0:
            left -= 1
            side = Gateway(http, phones.pop()) if task["ours"] else Peer(http)
            login: Callable[[], Awaitable[None]] = getattr(side, task["flow"])
            await login()
        http.close()

    meter = Meter(task)
    await asyncio.gather(*(one_after_another() for _ in range(task["wide"])))
    return {**meter.read(task["flows"])}


class _Side(ABC):
    """Client, browser and person of one login."""

    device_path: ClassVar[str]
    token_path: ClassVar[str]

    def __init__(self, http: Http) -> None:
        self.http = http

    async def device(self) -> None:
        """RFC 8628."""
        started = await self._form(self.device_path, scope="openid")
        await self._approve(started)
        await self._tokens(grant_type=_DEVICE_GRANT, device_code=started["device_code"])

    async def code(self) -> None:
        """RFC 6749 section 4.1, with PKCE."""
        self.http.cookies.clear()
        location = await self._log_in()
        code = parse_qs(urlsplit(location).query)["code"][0]
        await self._tokens(
            grant_type="authorization_code", code=code, redirect_uri=REDIRECT_URI, code_verifier=VERIFIER
        )

    @abstractmethod
    async def _approve(self, started: dict[str, Any]) -> None:
        """The person, told of a device authorization."""

    @abstractmethod
    async def _log_in(self) -> str:
        """The person in the browser; where the browser is sent back to."""

    async def _tokens(self, **fields: str) -> None:
        if not (await self._form(self.token_path, **fields)).get("id_token"):
            raise RuntimeError("no id_token")

    async def _form(self, path: str, **fields: str) -> dict[str, Any]:
        status, content = await self.http.exchange("POST", path, data=urlencode({**CLIENT, **fields}), kind=_FORM)
        if status != 200:
            raise RuntimeError(f"{path}: {status} {content[:200]!r}")
        answer: dict[str, Any] = json.loads(content)
        return answer


class Gateway(_Side):
    """This gateway, and its phone."""

    device_path, token_path = "/oauth/device_authorization", "/oauth/token"

    def __init__(self, http: Http, phone: Phone) -> None:
        super().__init__(http)
        self._phone = phone

    async def _approve(self, started: dict[str, Any]) -> None:
        await self._scan(started["verification_uri_complete"].rpartition("/")[2])

    async def _log_in(self) -> str:
        await self.http.exchange("GET", f"/oauth/authorize?{QUERY}")
        ticket = await self.http.call("POST", "/oauth/authorize/tickets", body={"request": QUERY})
        await self._scan(ticket["ticket_id"])
        own = {"request": QUERY, "ticket_id": ticket["ticket_id"], "claim_secret": ticket["claim_secret"]}
        answer = await self.http.call("POST", "/oauth/authorize/claim", body=own)
        return str(answer["location"])

    async def _scan(self, ticket_id: str) -> None:
        bearer = f"Bearer {self._phone.token}"
        await self.http.call("POST", f"/api/v1/tickets/{ticket_id}/scan", bearer)
        code = {"otp": one_time_code(self._phone.otp_key)}
        await self.http.call("POST", f"/api/v1/tickets/{ticket_id}/confirm", bearer, code)


class Peer(_Side):
    """oidc-provider; its person has no phone, and its login page is a redirect."""

    device_path, token_path = "/device/auth", "/token"

    async def _approve(self, started: dict[str, Any]) -> None:
        await self.http.call("POST", "/approve", body={"user_code": started["user_code"]})

    async def _log_in(self) -> str:
        location = f"/auth?{QUERY}"
        while not location.startswith(REDIRECT_URI):
            status, content = await self.http.exchange("GET", location)
            if status != 303:
                raise RuntimeError(f"{location}: {status} {content[:200]!r}")
            location = self.http.header("location").removeprefix(f"http://{self.http.host}")
        return location
