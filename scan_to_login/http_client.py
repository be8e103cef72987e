"""The HTTP client of the phone, the desktop client and the control plane: JSON in, JSON out, one error per failure.

Redirects are not followed, for the token belongs to one gateway. Proxies and ``.netrc`` of the environment are not
used. Calls under way can be ended from another thread.
"""

from __future__ import annotations

import os
import ssl
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

import requests
from requests.exceptions import ChunkedEncodingError, InvalidURL

from scan_to_login.errors import BadUrl, CallError, Failure, NotAGateway, Reason, Refusal, Unreachable
from scan_to_login.protocol import API_PREFIX, Code
from scan_to_login.sockets import CONNECT_TIMEOUT, InterruptibleAdapter
from scan_to_login.tracing.actor_spans import ActorTraces

READ_TIMEOUT: Final = 30.0
FIRST_BACK_OFF: Final = 0.05
LONGEST_BACK_OFF: Final = 1.0
TIME_HEADER: Final = "X-Gateway-Time"
# What a proxy answers while the gateway behind it is away; the gateway itself answers 503, with a problem document.
_AWAY: Final = frozenset({502, 503, 504})
_CA_BUNDLES: Final = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


# OpenSSL's numbers: certificate not yet valid, expired (x509_vfy.h); name or address mismatch.
_CERTIFICATES: Final = {
    9: Reason.OUT_OF_DATE,
    10: Reason.OUT_OF_DATE,
    62: Reason.OTHER_NAME,
    64: Reason.OTHER_NAME,
}
# OpenSSL's reasons: what came was no TLS record; an alert, or a wish of the server, about the version.
_HANDSHAKES: Final = {
    "WRONG_VERSION_NUMBER": Reason.NOT_TLS,
    "UNKNOWN_PROTOCOL": Reason.NOT_TLS,
    "PACKET_LENGTH_TOO_LONG": Reason.NOT_TLS,
    "RECORD_LAYER_FAILURE": Reason.NOT_TLS,
    "TLSV1_ALERT_PROTOCOL_VERSION": Reason.TLS_VERSION,
    "UNSUPPORTED_PROTOCOL": Reason.TLS_VERSION,
    "NO_PROTOCOLS_AVAILABLE": Reason.TLS_VERSION,
}


class HttpClient:
    """Calls to the gateway at ``url``. Threads may share it.

    ``error`` makes the program's own exception of a failure. ``verify`` is as in requests: True, False, or the path
    of a CA bundle, which wins over REQUESTS_CA_BUNDLE. ``timeout`` is (connect, read) in seconds. ``gateway_time``
    is called with each X-Gateway-Time that an answer carries, in milliseconds. ``wait`` sleeps before a repeat, for
    a number of seconds; where it answers True, nothing is repeated any more. ``traces`` are the caller's.
    """

    def __init__(
        self,
        url: str,
        error: Callable[[Failure], CallError],
        *,
        user_agent: str = "scan-to-login",
        verify: bool | str = True,
        timeout: tuple[float, float] = (CONNECT_TIMEOUT, READ_TIMEOUT),
        gateway_time: Callable[[int], None] | None = None,
        wait: Callable[[float], bool | None] = time.sleep,
        traces: ActorTraces | None = None,
    ) -> None:
        self.gateway_url = url.rstrip("/")
        self._error = error
        self._timeout = timeout
        self._gateway_time = gateway_time
        self._wait = wait
        self._traces = traces
        self._adapter = InterruptibleAdapter()
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.verify = bundle_of_environment() if verify is True else verify
        self._session.headers.update({"Accept": "application/json", "User-Agent": user_agent})
        self._session.mount("http://", self._adapter)
        self._session.mount("https://", self._adapter)

    def call(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        authorization: str | None = None,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str | int] | None = None,
        read_timeout: float | None = None,
        prefix: str = API_PREFIX,
        repeat_for: float = 0.0,
    ) -> dict[str, Any]:
        """One call, ``path`` below ``prefix``; answers the JSON object, or an empty one for 204.

        A call that is safe to repeat is repeated for ``repeat_for`` seconds while its failure is one that passes.
        Raises what ``error`` makes.
        """
        began = time.monotonic()
        waited, back_off = 0.0, FIRST_BACK_OFF
        while True:
            try:
                answer = self.send(
                    method,
                    path,
                    body=body,
                    authorization=authorization,
                    headers=headers,
                    params=params,
                    read_timeout=read_timeout,
                    prefix=prefix,
                )
                return self._read(answer)
            except CallError as error:
                pause = pause_after(error, back_off)
                waited += pause
                # Both are counted: a call may take long to fail, and a test's ``wait`` may take no time.
                late = max(waited, time.monotonic() - began + pause) > repeat_for
                if not error.passing or late or self._wait(pause):
                    raise
            back_off = min(LONGEST_BACK_OFF, back_off * 2)

    def send(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        authorization: str | None = None,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str | int] | None = None,
        read_timeout: float | None = None,
        prefix: str = API_PREFIX,
    ) -> requests.Response:
        """One call, sent once; answers whatever came, refusals too. Raises what ``error`` makes where nothing came."""
        given = {**(headers or {}), **({} if authorization is None else {"Authorization": authorization})}
        if self._traces is None:
            return self._sent(method, path, body, given, params, read_timeout, prefix)
        with self._traces.request(method, path, prefix) as call:
            answer = self._sent(method, path, body, {**given, **call.carried}, params, read_timeout, prefix)
            call.answered(answer.status_code, answer.content)
            return answer

    def _sent(
        self,
        method: str,
        path: str,
        body: Any,
        headers: Mapping[str, str],
        params: Mapping[str, str | int] | None,
        read_timeout: float | None,
        prefix: str,
    ) -> requests.Response:
        connect, read = self._timeout
        try:
            # Prepared here: to merge what a session has for each call would take a fifth of the whole call.
            request = requests.PreparedRequest()
            request.prepare(
                method=method,
                url=f"{self.gateway_url}{prefix}{path}",
                json=body,
                headers={**self._session.headers, **headers},
                params=params,
                cookies=self._session.cookies or None,
            )
            answer = self._session.send(
                request,
                timeout=(connect, read if read_timeout is None else read_timeout),
                proxies={},
                allow_redirects=False,
            )
        except InvalidURL:
            raise self._error(BadUrl(self.gateway_url)) from None
        except (requests.ConnectionError, requests.Timeout, ChunkedEncodingError) as error:
            raise self._error(Unreachable(self.gateway_url, why(error))) from None
        except requests.RequestException as error:
            raise self._error(NotAGateway(self.gateway_url, type(error).__name__)) from None
        told = answer.headers.get(TIME_HEADER, "")
        if self._gateway_time is not None and told.isascii() and told.isdigit():
            self._gateway_time(int(told))
        return answer

    def cut(self) -> None:
        """End the calls under way, from another thread, as a cut line would."""
        self._adapter.cut()

    def interrupt(self) -> None:
        """End the calls under way, from another thread; the object is of no use afterwards."""
        self._adapter.interrupt()

    def close(self) -> None:
        """Close the connections that are kept open."""
        self._session.close()

    def _read(self, answer: requests.Response) -> dict[str, Any]:
        status = answer.status_code
        if status == 204:
            return {}
        try:
            body = answer.json()
        except ValueError:
            body = None
        if isinstance(body, dict):
            if 200 <= status < 300:
                return body
            if status >= 400 and isinstance(body.get("code"), str):
                raise self._error(Refusal.of(body, status))
        if status in _AWAY:
            raise self._error(Refusal(Code.UNAVAILABLE, f"{self.gateway_url} is not available at the moment.", status))
        raise self._error(NotAGateway(self.gateway_url, f"HTTP status {status}", status))


def pause_after(error: CallError, back_off: float) -> float:
    """Seconds to wait before the next try: what the gateway asks for where it limits calls, else ``back_off``.

    A gateway that is away may be back sooner than it thought.
    """
    if error.code in (Code.RATE_LIMITED, Code.SLOW_DOWN) and error.retry_after is not None:
        return error.retry_after
    return back_off


def why(error: BaseException) -> Reason:
    """The reason behind an exception of requests, urllib3, websocket-client or the operating system."""
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
        if isinstance(cause, ssl.SSLError):
            return _why_insecure(cause)
        cause = _inner(cause)
    return Reason.CUT


def _why_insecure(error: ssl.SSLError) -> Reason:
    if isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError):
        return Reason.CUT
    if isinstance(error, ssl.SSLCertVerificationError):
        return _CERTIFICATES.get(error.verify_code, Reason.UNTRUSTED)
    return _HANDSHAKES.get(error.reason, Reason.TLS_FAILED)


def _inner(error: BaseException) -> BaseException | None:
    # requests wraps urllib3, which wraps the operating system's error: in ``reason``, in ``args``, or as the cause.
    reason = getattr(error, "reason", None)
    if isinstance(reason, BaseException):
        return reason
    for argument in error.args:
        if isinstance(argument, BaseException):
            return argument
    return error.__cause__ or error.__context__


def bundle_of_environment() -> bool | str:
    """The CA bundle that REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE names, for ``verify``; True without one."""
    return next(filter(None, map(os.environ.get, _CA_BUNDLES)), True)
