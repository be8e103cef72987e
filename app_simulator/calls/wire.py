"""The phone's HTTP connection to one gateway: JSON in and out, refusals as ``PhoneError``, safe repeats.

A call that the gateway answers the same way twice is repeated when the connection is cut under it.
The token goes to this gateway alone: redirects are not followed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any, Self

import requests
from requests.auth import AuthBase
from requests.exceptions import ChunkedEncodingError, InvalidURL, RequestException, SSLError, Timeout

from app_simulator.addresses import gateway_address, is_loopback
from app_simulator.errors import PhoneCode, PhoneError
from app_simulator.one_time_code import GatewayClock
from scan_to_login.protocol import API_PREFIX
from scan_to_login.qr_payload import origin_of

TIME_HEADER = "X-Gateway-Time"
# Seconds before the first and the second repeat: a worker that died is replaced, a restart takes longer.
PAUSES = (0.1, 0.4)


class _Bearer(AuthBase):
    """The token as a header; being an ``auth``, it also keeps a ``.netrc`` from putting its own there."""

    def __init__(self, token: str | None) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._token is not None:
            request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class GatewayConnection:
    """Calls to ``{gateway_url}/api/v1``. ``timeout`` is (connect, read) in seconds; ``verify`` as in requests."""

    def __init__(
        self,
        gateway_url: str,
        clock: GatewayClock,
        *,
        timeout: tuple[float, float] = (3.05, 30.0),
        sleep: Callable[[float], None] = time.sleep,
        verify: bool | str = True,
    ) -> None:
        self.gateway_url = gateway_address(gateway_url)
        self.origin = origin_of(self.gateway_url)
        self._clock = clock
        self._timeout = timeout
        self._sleep = sleep
        self._verify = verify
        self._http = requests.Session()
        self._http.headers.update({"Accept": "application/json", "User-Agent": "app-simulator"})
        # A proxy of the environment cannot reach this machine's own addresses as this machine does.
        self._http.trust_env = not is_loopback(self.gateway_url)

    def close(self) -> None:
        """Close the connections that are kept open."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def call(
        self,
        method: str,
        path: str,
        *,
        token: str | None = None,
        body: Mapping[str, Any] | None = None,
        repeat: bool = False,
        prefix: str = API_PREFIX,
    ) -> dict[str, Any]:
        """Send one call, ``path`` below ``prefix``; the answer's object, empty for 204.

        ``repeat`` says that sending it twice does no harm. Raises PhoneError.
        """
        url = f"{self.gateway_url}{prefix}{path}"
        pauses = iter(PAUSES if repeat else ())
        while True:
            try:
                answer = self._http.request(
                    method,
                    url,
                    json=body,
                    auth=_Bearer(token),
                    timeout=self._timeout,
                    allow_redirects=False,
                    verify=self._verify,  # the session's own would stand behind REQUESTS_CA_BUNDLE
                )
                return self._understand(answer)
            except Timeout:
                raise PhoneError.own(PhoneCode.CONNECTION_TIMEOUT, origin=self.origin) from None
            except SSLError:
                raise PhoneError.own(PhoneCode.CONNECTION_INSECURE, origin=self.origin) from None
            except InvalidURL:
                raise PhoneError.own(PhoneCode.BAD_GATEWAY_URL, url=self.gateway_url) from None
            except (requests.ConnectionError, ChunkedEncodingError):
                pause = next(pauses, None)
                if pause is None:
                    raise PhoneError.own(PhoneCode.CONNECTION_FAILED, origin=self.origin) from None
                self._sleep(pause)
            except RequestException as error:
                raise self._not_a_gateway(type(error).__name__) from None

    def _understand(self, answer: requests.Response) -> dict[str, Any]:
        told = answer.headers.get(TIME_HEADER, "")
        if told.isascii() and told.isdigit():
            self._clock.observe(int(told))
        if answer.status_code == 204:
            return {}
        try:
            content = answer.json()
        except ValueError:
            raise self._not_a_gateway(f"HTTP {answer.status_code}") from None
        if not isinstance(content, dict):
            raise self._not_a_gateway(f"HTTP {answer.status_code}")
        if 200 <= answer.status_code < 300:
            return content
        if answer.status_code < 400 or not isinstance(content.get("code"), str):
            raise self._not_a_gateway(f"HTTP {answer.status_code}")
        raise PhoneError.from_problem(content, answer.status_code)

    def _not_a_gateway(self, found: str) -> PhoneError:
        return PhoneError.own(PhoneCode.NOT_A_GATEWAY, origin=self.origin, found=found)
