"""The wire by hand: any REST call to a gateway, sent once, and whatever is answered.

For tests of what a well-behaved phone or client never sends. ``Phone`` and ``Client`` are for everything else.
"""

from __future__ import annotations

from typing import Any, Final, Self

import requests

from scan_to_login.http_client import bundle_of_environment
from scan_to_login.protocol import API_PREFIX, SIM_PREFIX

TIMEOUT: Final = 40.0
"""Seconds for an answer: a long poll may take 30, and a busy machine is no failure."""
_OTHER_SURFACES: Final = (f"{SIM_PREFIX}/", "/healthz", "/readyz")


class Answer(requests.Response):
    """An answer, a refusal too: what requests has, and the members that tests of this wire ask for."""

    @classmethod
    def of(cls, response: requests.Response) -> Self:
        """The same answer with these members."""
        answer = cls()
        answer.__dict__.update(response.__dict__)
        return answer

    def __bool__(self) -> bool:
        """True for a refusal too: it is an answer."""
        return True

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.status_code

    @property
    def body(self) -> Any:
        """The JSON, or the text where it is none."""
        return self.json() if "json" in self.headers.get("Content-Type", "") else self.text

    @property
    def code(self) -> str:
        """The code of the problem document. Raises AssertionError where it is none, or its status is another."""
        if not self.headers.get("Content-Type", "").startswith("application/problem+json"):
            raise AssertionError(f"no problem document: {self.status} {self.text[:200]}")
        if self.body["status"] != self.status:
            raise AssertionError(f"status {self.status} with a body that says {self.body['status']}")
        return str(self.body["code"])


class Wire:
    """Calls to the gateway at ``url``, each over a connection of its own, so that any worker may answer.

    Nothing is repeated, no redirect is followed, no proxy is used, and a refusal raises nothing.
    """

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")

    def call(self, method: str, path: str, token: str = "", *, timeout: float = TIMEOUT, **options: Any) -> Answer:
        """Call ``/api/v1{path}``, or ``path`` itself where it is the control plane's or a health check's.

        ``token`` is the whole value of Authorization; ``options`` are those of requests. Raises
        requests.RequestException where nothing is answered.
        """
        headers = {"Connection": "close", **options.pop("headers", {})}
        if token:
            headers["Authorization"] = token
        target = path if path.startswith(_OTHER_SURFACES) else f"{API_PREFIX}{path}"
        with requests.Session() as http:
            http.trust_env = False
            http.verify = bundle_of_environment()
            options.setdefault("allow_redirects", False)
            return Answer.of(http.request(method, f"{self.url}{target}", headers=headers, timeout=timeout, **options))
