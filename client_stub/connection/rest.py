"""Calls over REST: JSON in, JSON out, every failure a ClientError."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, Final

import requests

from client_stub.connection.sockets import CONNECT_TIMEOUT, InterruptibleAdapter, is_loopback
from client_stub.errors import ClientError, Reason, bad_answer, unreachable
from scan_to_login.protocol import API_PREFIX, Code

READ_TIMEOUT: Final = 10.0
FIRST_BACK_OFF: Final = 0.05
LONGEST_BACK_OFF: Final = 1.0
# What a proxy in front says while the gateway behind it is away; 503 is the gateway's own word too.
_AWAY: Final = frozenset({HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT})


class Rest:
    """One gateway over HTTP. ``verify`` is as in requests: True, False, or the path of a CA bundle."""

    def __init__(self, gateway_url: str, *, verify: bool | str = True) -> None:
        self.gateway_url = gateway_url.rstrip("/")
        self._adapter = InterruptibleAdapter()
        self._session = requests.Session()
        self._verify = verify
        self._session.trust_env = not is_loopback(gateway_url)
        self._session.mount("http://", self._adapter)
        self._session.mount("https://", self._adapter)

    def call(
        self,
        method: str,
        path: str,
        *,
        body: Mapping[str, Any] | None = None,
        authorization: str | None = None,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str | int] | None = None,
        read_timeout: float = READ_TIMEOUT,
        prefix: str = API_PREFIX,
    ) -> dict[str, Any]:
        """One call; answers the JSON object, or an empty one for 204. Raises ClientError."""
        sent = {"Accept": "application/json, application/problem+json", **(headers or {})}
        if authorization is not None:
            sent["Authorization"] = authorization
        try:
            answer = self._session.request(
                method,
                f"{self.gateway_url}{prefix}{path}",
                json=body,
                headers=sent,
                params=params,
                timeout=(CONNECT_TIMEOUT, read_timeout),
                allow_redirects=False,
                verify=self._verify,  # the session's own would stand behind REQUESTS_CA_BUNDLE
            )
        except requests.RequestException as error:
            raise unreachable(self.gateway_url, why(error)) from None
        return self._read(answer)

    def call_until_answered(
        self, make: Callable[[], dict[str, Any]], *, seconds: float, waiting: Callable[[float], bool]
    ) -> dict[str, Any]:
        """Repeat a call that is safe to repeat while its answer gets lost, for at most so many seconds.

        ``waiting`` sleeps for a time given in seconds, and answers True where the client was closed meanwhile.
        Raises the last ClientError.
        """
        give_up = time.monotonic() + seconds
        back_off = FIRST_BACK_OFF
        while True:
            try:
                return make()
            except ClientError as error:
                pause = pause_after(error, back_off)
                if not error.passing or time.monotonic() + pause > give_up or waiting(pause):
                    raise
            back_off = min(LONGEST_BACK_OFF, back_off * 2)

    def cut(self) -> None:
        """End the calls under way, from another thread, as a cut line would."""
        self._adapter.cut()

    def interrupt(self) -> None:
        """End the calls under way, from another thread; the object is of no use afterwards."""
        self._adapter.interrupt()

    def close(self) -> None:
        """Give the connections back."""
        self._session.close()

    def _read(self, answer: requests.Response) -> dict[str, Any]:
        if answer.status_code == HTTPStatus.NO_CONTENT:
            return {}
        try:
            body = answer.json()
        except ValueError:
            body = None
        if answer.ok and isinstance(body, dict):
            return body
        if isinstance(body, dict) and isinstance(body.get("code"), str):
            extras = {k: v for k, v in body.items() if k not in ("type", "title", "status", "detail", "code")}
            detail = str(body.get("detail") or body.get("title") or body["code"])
            raise ClientError(body["code"], detail, answer.status_code, extras)
        if answer.status_code in _AWAY:
            raise ClientError(
                Code.UNAVAILABLE, f"{self.gateway_url} is not available at the moment.", answer.status_code
            )
        raise bad_answer(self.gateway_url, f"HTTP status {answer.status_code} without JSON")


def pause_after(error: ClientError, back_off: float) -> float:
    """Seconds to wait before the next try. Who was told to slow down does; a gateway that is away may be back sooner
    than it thought, and whoever waits for a login must not learn of it late.
    """
    if error.code in (Code.RATE_LIMITED, Code.SLOW_DOWN) and error.retry_after is not None:
        return error.retry_after
    return back_off


def why(error: BaseException) -> Reason:
    """The end of the sentence "cannot be reached: …", short and without this program's innards."""
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        if isinstance(cause, ConnectionRefusedError):
            return Reason.REFUSED
        if isinstance(cause, TimeoutError | requests.Timeout):
            return Reason.NO_ANSWER
        if "NameResolution" in type(cause).__name__ or type(cause).__name__ == "gaierror":
            return Reason.UNKNOWN_NAME
        if "SSL" in type(cause).__name__ or "Certificate" in type(cause).__name__:
            return Reason.UNTRUSTED
        cause = _inner(cause)
    return Reason.CUT


def _inner(error: BaseException) -> BaseException | None:
    # requests wraps urllib3, which wraps the operating system's error: in ``reason``, in ``args``, or as the cause.
    reason = getattr(error, "reason", None)
    if isinstance(reason, BaseException):
        return reason
    for argument in error.args:
        if isinstance(argument, BaseException):
            return argument
    return error.__cause__ or error.__context__
