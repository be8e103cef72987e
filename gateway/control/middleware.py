"""WSGI middleware before the product's app, only with the simulation: journal and faults.

It is a middleware and not a set of hooks in the app, so that it does not exist without the simulation.
"""

from __future__ import annotations

import io
import json
import re
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import Any, Final
from urllib.parse import parse_qsl

from werkzeug.http import HTTP_STATUS_CODES

from gateway.control.faults.faults import FaultKind, Faults
from gateway.control.journal.journal import Journal, Kind, Participant
from gateway.control.journal.participants import (
    OAUTH_PREFIX,
    is_recorded,
    participant_of,
    shape_of,
    ticket_in,
    ticket_of,
)
from gateway.control.seed.turnover import OVERTAKEN, Passage, Turnover
from gateway.foundation.errors import Refusal
from gateway.foundation.telemetry.masking import masked
from gateway.foundation.wsgi import Environ, StartResponse, Wsgi, answer_of, end
from gateway.http import problems
from gateway.http.app import FORM_TYPE, MOST_FIELDS
from scan_to_login.protocol import Code

CONTROL_PATH: Final = "/sim/v1"
HALL_PATH: Final = f"{CONTROL_PATH}/hall/"  # a control-plane call that changes product data

DETAIL: Final = "A fault of the simulation."
# The code for a fault's status; every other status gets `unavailable`.
CODES_OF_STATUS: Final = {
    400: Code.MALFORMED_REQUEST,
    403: Code.FORBIDDEN,
    404: Code.NOT_FOUND,
    409: Code.TICKET_WRONG_STATE,
    410: Code.TICKET_EXPIRED,
    429: Code.RATE_LIMITED,
    500: Code.INTERNAL_ERROR,
}
# The same of OAuth (RFC 6749 section 5.2, RFC 8628 section 3.5).
ERRORS_OF_STATUS: Final = {400: "invalid_grant", 403: "access_denied", 500: "server_error"}
_BEFORE: Final = frozenset({FaultKind.LATENCY, FaultKind.ERROR})
_DROPPED: Final = frozenset({FaultKind.DROP_REPLY})
SHOWN_BYTES: Final = 200  # of a streamed answer, in the journal
_PAIR: Final = re.compile(r'"([^"\\]*)"\s*:\s*"((?:[^"\\]|\\.)*)"?')


class Middleware:
    """Sends `/sim/v1` to the control plane's app, and every other call, journalled, to the product's."""

    def __init__(
        self,
        product: Wsgi,
        control: Wsgi,
        journal: Journal,
        faults: Faults,
        turnover: Turnover,
        kind_of_token: Callable[[str], str | None],
        cut: Callable[[Environ], None],
        *,
        body_bytes: int,
    ) -> None:
        self._product = product
        self._control = control
        self._journal = journal
        self._faults = faults
        self._turnover = turnover
        self._kind_of_token = kind_of_token
        self._cut = cut
        self._body_bytes = body_bytes

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path.startswith(HALL_PATH):
            return self._passed(self._control, environ).give(start_response)
        if path == CONTROL_PATH or path.startswith(f"{CONTROL_PATH}/"):
            return self._control(environ, start_response)
        if not is_recorded(path):
            return self._product(environ, start_response)
        return self._recorded(path, environ, start_response)

    def _passed(self, app: Wsgi, environ: Environ) -> Answer:
        """The app's answer, if no reset has replaced the data meanwhile."""
        asked = environ.get("QUERY_STRING", "") + environ.get("HTTP_PREFER", "")
        with self._turnover.passing(waits="wait=" in asked) as passage:
            answer = Answer.of(app, environ)
            # A refusal still holds; a success would be about data that no longer exist.
            if passage.overtaken and (answer.status < 400 or answer.status == 500):
                answer.forget()
                return Answer.of_refusal(Refusal(Code.UNAVAILABLE, OVERTAKEN, retry_after=1), 503, environ)
            answer.passage = passage
            return answer

    def _recorded(self, path: str, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        began = time.perf_counter()
        method = environ["REQUEST_METHOD"]
        name = f"{method} {shape_of(path)}"
        caller = participant_of(path, environ.get("HTTP_AUTHORIZATION", ""), self._kind_of_token)
        sent = self._sent(environ)
        ticket_id = ticket_of(path) or ticket_in(sent)
        about = {"method": method, "path": path, "traceparent": environ.get("HTTP_TRACEPARENT")}
        self._journal.write(Kind.REQUEST, name, caller, Participant.GATEWAY, ticket_id=ticket_id, body=sent, **about)
        told = {"route": f"{method} {path}", "ticket": ticket_id or ""}
        error = self._before(caller, told, environ)
        answer = error or self._passed(self._product, environ)
        dropped = not error and self._faults.fire(_DROPPED, caller, **told)

        def record(body: Any) -> None:
            self._journal.write(
                Kind.ANSWER,
                name,
                Participant.GATEWAY,
                caller,
                ticket_id=ticket_id or ticket_in(body),
                body=body,
                status=answer.status,
                duration_ms=round((time.perf_counter() - began) * 1000, 2),
                dropped=True if dropped else None,
                **about,
            )

        answer.tell(record)
        if dropped:
            self._cut(environ)
        return answer.give(start_response)

    def _before(self, caller: Participant, told: dict[str, str], environ: Environ) -> Answer | None:
        """Faults that come before the work: a delay; an error, with which the work is not done at all."""
        error = None
        for fired in self._faults.fire(_BEFORE, caller, **told):
            if fired.fault.kind is FaultKind.LATENCY:
                time.sleep(fired.milliseconds / 1000)
            else:
                error = Answer.of_status(fired.fault.status, environ)
        return error

    def _sent(self, environ: Environ) -> Any:
        """The request's JSON, which the app can read again. Leaves a body that is too long to the app."""
        length = environ.get("CONTENT_LENGTH") or "0"
        if not length.isdigit() or not 0 < int(length) <= self._body_bytes:
            return None
        data = environ["wsgi.input"].read(int(length))
        environ["wsgi.input"] = io.BytesIO(data)
        if environ.get("CONTENT_TYPE", "").partition(";")[0].strip() == FORM_TYPE:
            with suppress(ValueError):
                return dict(parse_qsl(data.decode("ascii"), keep_blank_values=True, max_num_fields=MOST_FIELDS))
            return None
        return _parsed(data)


class Answer:
    """An app's answer before it is sent: whole, or its pieces while they are sent."""

    def __init__(self, status_line: str, headers: list[tuple[str, str]], body: bytes | Iterable[bytes]) -> None:
        self.status_line = status_line
        self.headers = headers
        self.body = body
        self.passage: Passage | None = None

    @classmethod
    def of(cls, app: Wsgi, environ: Environ) -> Answer:
        """Call the app and take its answer."""
        return cls(*answer_of(app, environ))

    def forget(self) -> None:
        """Another answer takes its place."""
        if not isinstance(self.body, bytes):
            end(self.body)

    @classmethod
    def of_status(cls, status: int, environ: Environ) -> Answer:
        """The error that a fault asks for, as a problem document, and for OAuth in its own words."""
        if environ.get("PATH_INFO", "").startswith(OAUTH_PREFIX):
            error = ERRORS_OF_STATUS.get(status, "temporarily_unavailable")
            text = json.dumps({"error": error, "error_description": DETAIL}).encode()
            headers = [("Content-Type", "application/json"), ("Content-Length", str(len(text)))]
            return cls(f"{status} {HTTP_STATUS_CODES[status]}", headers, text)
        refusal = Refusal(
            CODES_OF_STATUS.get(status, Code.UNAVAILABLE),
            DETAIL,
            **({"retry_after": 1} if status in (429, 503) else {}),
        )
        return cls.of_refusal(refusal, status, environ)

    @classmethod
    def of_refusal(cls, refusal: Refusal, status: int, environ: Environ) -> Answer:
        """A refusal as a problem document with this status, in the language that the request asks for."""
        language = problems.language_of(environ.get("HTTP_ACCEPT_LANGUAGE", ""))
        body, _, headers = problems.problem(refusal, language)
        text = json.dumps({**body, "status": status}).encode()
        headers = {**headers, "Content-Type": problems.CONTENT_TYPE, "Content-Length": str(len(text))}
        return cls(f"{status} {HTTP_STATUS_CODES[status]}", list(headers.items()), text)

    @property
    def status(self) -> int:
        """The status code."""
        return int(self.status_line.split(" ", 1)[0])

    def tell(self, record: Callable[[Any], None]) -> None:
        """Call ``record`` with the JSON of the body, None for an image or an empty body; for a streamed one at its end.

        Of that one it gets how many bytes were sent, and the first of them.
        """
        if isinstance(self.body, bytes):
            kind = next((value for name, value in self.headers if name.lower() == "content-type"), "")
            record(_parsed(self.body) if "json" in kind else None)
        else:
            self.body = RecordedPieces(self.body, self.passage, record)

    def give(self, start_response: StartResponse) -> Iterable[bytes]:
        """Send the answer."""
        start_response(self.status_line, self.headers)
        return [self.body] if isinstance(self.body, bytes) else self.body


class RecordedPieces(Iterator[bytes]):
    """The pieces of a streamed answer, counted; they break off if a reset replaces the data that they are about."""

    def __init__(self, pieces: Iterable[bytes], passage: Passage | None, record: Callable[[Any], None]) -> None:
        self._pieces = pieces
        self._remaining = iter(pieces)
        self._passage = passage
        self._record = record
        self._sent = 0
        self._beginning = b""

    def __next__(self) -> bytes:
        """The next piece. Raises ``unavailable`` after a reset."""
        if self._passage is not None and self._passage.overtaken:
            raise Refusal(Code.UNAVAILABLE, OVERTAKEN, retry_after=1)
        piece = next(self._remaining)
        self._sent += len(piece)
        self._beginning += piece[: SHOWN_BYTES - len(self._beginning)]
        return piece

    def close(self) -> None:
        """Record the answer, whole or broken off."""
        end(self._pieces)
        beginning = self._beginning.decode("utf-8", "ignore")
        self._record({"bytes": self._sent, "beginning": _PAIR.sub(_masked_pair, beginning)})


def _masked_pair(pair: re.Match[str]) -> str:
    """A name and its text in JSON that has no end: as the journal masks them in a whole one."""
    return json.dumps(masked({pair[1]: pair[2]}), ensure_ascii=False)[1:-1]


def _parsed(data: bytes) -> Any:
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None
