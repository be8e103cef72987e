"""The HTTP server of `app-simulator serve` and `client-stub serve`, and the shared parts of their calls.

It knows neither of them.
"""

from __future__ import annotations

import hmac
import json
import os
import signal
import socket
from collections.abc import Callable, Sequence
from ipaddress import ip_address
from pathlib import Path
from types import FrameType
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

from flask import Flask, Response, request
from pydantic import BaseModel, ValidationError
from waitress.server import create_server
from werkzeug.exceptions import HTTPException

from scan_to_login.actor_wire.calls import ActorCall
from scan_to_login.messages import field_sentence
from scan_to_login.processes import ENDING, Terminated, raise_if_a_signal_came
from scan_to_login.protocol import SIM_TOKEN_VARIABLE, sim_authorization
from scan_to_login.request_shapes import field_errors

M = TypeVar("M", bound=BaseModel)
V = TypeVar("V", bound=Callable[..., Any])

# A call that waits (`?wait=`) holds a thread; a connection that has not sent a whole request holds none.
THREADS: Final = 64
CONNECTIONS: Final = 1_000
IDLE_SECONDS: Final = 20  # without a byte from a client that is owed no answer


class Refused(Exception):  # noqa: N818 - it is an answer
    """A refusal by the phones' or clients' server itself."""

    def __init__(self, status: int, code: str, detail: str) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail = status, code, detail


def make_app(name: str, *, most_bytes: int) -> Flask:
    """An empty app that answers every error with a problem document (RFC 9457) with a ``code``.

    ``most_bytes`` is the size of the largest body.
    """
    app = Flask(name, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = most_bytes
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.before_request(_refuse_strangers)
    app.register_error_handler(Refused, lambda refused: problem(refused.status, refused.code, refused.detail))
    app.register_error_handler(HTTPException, _http_error)
    return app


def answering(app: Flask, calls: Sequence[ActorCall]) -> Callable[[V], V]:
    """A decorator: a view answers the call of its own name. Raises KeyError for a name that no call has."""
    by_name = {call.name: call for call in calls}

    def mount(view: V) -> V:
        call = by_name[view.__name__]
        app.add_url_rule(call.rule, call.name, view, methods=[call.method])
        return view

    return mount


def body_of(model: type[M]) -> M:
    """The request's JSON as ``model``; no body is an empty object. Raises Refused 422, which names each field."""
    try:
        value = json.loads(request.get_data() or b"{}")
    except (ValueError, RecursionError):  # the latter where it is nested a thousand deep
        raise Refused(400, "malformed_request", "The body is not JSON.") from None
    return _shaped(model, value)


def query_of(model: type[M]) -> M:
    """The request's query as ``model``. Raises Refused 422, which names each parameter."""
    return _shaped(model, request.args.to_dict())


def _shaped(model: type[M], value: object) -> M:
    try:
        return model.model_validate(value)
    except ValidationError as error:
        found = " ".join(field_sentence(entry, "en") for entry in field_errors(error))
        raise Refused(422, "invalid_request", found) from None


def problem(status: int, code: str, detail: str, **more: Any) -> Response:
    """A problem document."""
    body = {"type": "about:blank", "title": code, "status": status, "detail": detail, "code": code, **more}
    return Response(json.dumps(body, ensure_ascii=False), status, content_type="application/problem+json")


def serve(app: Flask, host: str, port: int, ready_file: Path | None, say: Callable[[str], None]) -> None:
    """Serve until ^C, SIGTERM or SIGHUP.

    When ready, print ``{"url", "pid"}`` as one line of JSON and write it to ``ready_file``. Raises OSError if the port
    is taken or the file cannot be written.
    """
    listener = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    shown = f"[{host}]" if ":" in host else host
    line = json.dumps({"url": f"http://{shown}:{listener.getsockname()[1]}", "pid": os.getpid()})
    if ready_file is not None:
        beside = ready_file.with_name(f".{ready_file.name}.new")
        beside.write_text(line + "\n", "utf-8")
        beside.replace(ready_file)
    serve_at(listener, app, app.config["MAX_CONTENT_LENGTH"], lambda: say(line))


def serve_at(listener: socket.socket, app: Any, most_bytes: int, begun: Callable[[], None]) -> None:
    """Serve a WSGI app at a listening socket until ^C, SIGTERM or SIGHUP; call ``begun`` before the first request."""
    server = create_server(
        app,
        sockets=[listener],
        threads=THREADS,
        connection_limit=CONNECTIONS,
        channel_timeout=IDLE_SECONDS,
        cleanup_interval=IDLE_SECONDS // 4,
        max_request_body_size=most_bytes,
        ident=None,
    )
    try:
        _interrupt_once()
        raise_if_a_signal_came()
        begun()
        server.run()
    except (KeyboardInterrupt, Terminated):
        pass  # before or after run(), which returns by itself when a signal comes
    finally:
        server.close()


def _interrupt_once() -> None:
    """Make the first of ^C, SIGTERM and SIGHUP raise KeyboardInterrupt, and the ones after it change nothing.

    A process that was started with SIGHUP ignored, as by ``nohup``, goes on ignoring it.
    """
    ending = [number for number in ENDING if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN]

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        for each in ending:
            signal.signal(each, signal.SIG_IGN)
        raise KeyboardInterrupt

    for number in ending:
        signal.signal(number, interrupt)


def _refuse_strangers() -> None:
    """As the gateway's control plane: a configured token alone opens; without one, this machine alone."""
    if wanted := sim_authorization(os.environ):
        if not hmac.compare_digest(request.headers.get("Authorization", "").encode(), wanted.encode()):
            raise Refused(401, "unauthenticated", f"Send {SIM_TOKEN_VARIABLE} as a bearer token.")
        return
    # A page in a browser of this machine could call too, from any site (and by DNS rebinding under any name).
    host = urlsplit(f"//{request.host}").hostname or ""
    local = host == "localhost" or _is_address(host)
    if "Origin" in request.headers or not local or not _is_loopback(request.remote_addr or ""):
        raise Refused(
            403,
            "forbidden",
            f"Without a token this is for tests on this machine, not for pages in a browser: set {SIM_TOKEN_VARIABLE} "
            "for both sides, and call from anywhere.",
        )


def _is_loopback(address: str) -> bool:
    return _is_address(address) and ip_address(address).is_loopback


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _http_error(error: HTTPException) -> Response:
    codes = {404: "not_found", 405: "method_not_allowed", 413: "body_too_large"}
    status = error.code or 500
    return problem(status, codes.get(status, "internal_error"), error.description or error.name)
