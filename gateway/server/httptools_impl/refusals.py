"""Answers without the app: broken HTTP, and connections above a limit."""

from __future__ import annotations

import json

from gateway.foundation.errors import Refusal
from gateway.http.problems import CONTENT_TYPE, problem
from gateway.http.response_defaults import STANDING_HEADERS
from scan_to_login.protocol import Code

BAD = "400 Bad Request"


class Refused(Exception):  # noqa: N818 - a request's fault
    """A request that ``line`` (status and reason) and ``detail`` answer, without the app."""

    def __init__(self, line: str, detail: str = "") -> None:
        super().__init__(line)
        self.line = line
        self.detail = detail


def refusal(line: str, detail: str, code: Code = Code.MALFORMED_REQUEST, **extra: int) -> bytes:
    """A whole answer that ends its connection: a problem document with the status of ``line``."""
    body, _, headers = problem(Refusal(code, detail, **extra))
    content = json.dumps({**body, "status": int(line[:3])}).encode()
    lines = [f"HTTP/1.1 {line}", f"Content-Type: {CONTENT_TYPE}", f"Content-Length: {len(content)}"]
    lines += [f"{name}: {value}" for name, value in (*STANDING_HEADERS, *headers.items(), ("Connection", "close"))]
    return "\r\n".join([*lines, "", ""]).encode() + content
