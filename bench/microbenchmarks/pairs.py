"""The optimizations: the code with each of them, and the code without it."""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import eventlet
import greenlet
import socketio
from eventlet.hubs import get_hub
from sqlalchemy import Select, Table, bindparam, insert, select

from gateway.audit.audit_log import AuditEvent
from gateway.audit.tables import AuditEventRow
from gateway.foundation.clock import Clock
from gateway.foundation.database.engine import Database
from gateway.foundation.database.schema import bring_up_to_date
from gateway.foundation.keys import Keys
from gateway.foundation.redis.connect import connect
from gateway.foundation.redis.scripts import Scripts
from gateway.foundation.wsgi import Wsgi, answer_of
from gateway.http.app import make_app
from gateway.http.fast_path import FastPath
from gateway.http.routes import Answer, Auth, Body, Call, Router
from gateway.server.connection import Connection
from gateway.server.greenlet_pool import run_now
from gateway.server.httptools_impl.request import Request
from gateway.server.httptools_impl.wsgi_answers import answered, plainly_answered
from gateway.server.redis.client import channelled
from gateway.server.redis.private import PrivateRedis
from gateway.server.socketio.engine import Engine
from gateway.server.socketio.manager import DirectManager
from gateway.server.socketio.websocket_session import WebSocketSession
from scan_to_login.protocol import NAMESPACE

IN_FLIGHT = 32
CROWD = 2000
ROWS = 50


@dataclass(frozen=True, slots=True)
class Pair:
    """One optimization: ``of_it`` and ``of_the_other`` each make ``calls`` calls."""

    lever: str
    calls: int
    of_it: Callable[[], object]
    of_the_other: Callable[[], object]


def pairs(folder: Path, stack: ExitStack) -> list[Pair]:
    """All of them, on a Redis and a database in ``folder``; ``stack`` lets go of them."""
    database = Database(f"sqlite:///{folder / 'levers.sqlite3'}")
    stack.callback(database.close)
    bring_up_to_date(database)
    return [
        _one_connection(folder, stack),
        _hot_door(),
        _plain_request(),
        _runner(),
        *_sockets(stack),
        _rows(database),
        _lookup(database),
    ]


def _one_connection(folder: Path, stack: ExitStack) -> Pair:
    server = PrivateRedis(folder / "redis")
    server.start()
    stack.callback(server.stop)
    pool = connect(server.url, connections=IN_FLIGHT, timeout=2.0)
    one = channelled(connect(server.url, connections=IN_FLIGHT, timeout=2.0), server.url, 2.0)
    stack.callback(one.close)
    calls = 40 * IN_FLIGHT

    def run(scripts: Scripts) -> Callable[[], object]:
        key = Keys("levers:").ticket("nobody")

        def worker() -> None:
            for _ in range(calls // IN_FLIGHT):
                scripts.run("read", [key])

        return lambda: [each.wait() for each in [eventlet.spawn(worker) for _ in range(IN_FLIGHT)]]

    return Pair(
        f"scripts over one connection to Redis, {IN_FLIGHT} in flight, instead of redis-py's pool",
        calls,
        run(Scripts(one, "bench.microbenchmarks")),
        run(Scripts(pool, "bench.microbenchmarks")),
    )


class _Code(Body):
    otp: str


class _Confirmed(Answer):
    ticket_id: str


def confirm_ticket(call: Call, body: _Code) -> _Confirmed:
    """A route that does nothing: what is left is the way to it."""
    del body
    return _Confirmed(ticket_id=call.path["ticket_id"])


def _doors() -> tuple[FastPath, Wsgi]:
    """The route, hot, and by Flask."""
    rooms = Router("pairing", "/api/v1/tickets/<ticket_id>")
    rooms.add("POST", "/confirm", confirm_ticket, auth=Auth.PHONE, body=_Code, returns=_Confirmed, fast=True)
    flask: Wsgi = make_app("Levers", Clock(), [rooms], body_bytes=1000, openapi_url="/openapi.json").wsgi_app
    return FastPath([rooms], Clock(), body_bytes=1000), flask


def _hot_door() -> Pair:
    routes, flask = _doors()
    hot = routes.before(flask)
    sent = b'{"otp": "123456"}'
    calls = 1000

    def run(app: Wsgi) -> Callable[[], object]:
        def ask() -> None:
            for _ in range(calls):
                environ = {
                    "REQUEST_METHOD": "POST",
                    "PATH_INFO": "/api/v1/tickets/t-1/confirm",
                    "SERVER_NAME": "127.0.0.1",
                    "SERVER_PORT": "80",
                    "SERVER_PROTOCOL": "HTTP/1.1",
                    "REMOTE_ADDR": "127.0.0.1",
                    "CONTENT_TYPE": "application/json",
                    "CONTENT_LENGTH": str(len(sent)),
                    "HTTP_AUTHORIZATION": "Bearer token",
                    "wsgi.url_scheme": "http",
                    "wsgi.input": io.BytesIO(sent),
                    "wsgi.errors": io.StringIO(),
                }
                status, _, body = answer_of(app, environ)
                assert status.startswith("200"), body

        return ask

    return Pair("a fast route beside Flask", calls, run(hot), run(flask))


def _plain_request() -> Pair:
    routes, flask = _doors()
    wsgi = routes.before(flask)
    sent, address, calls = b'{"otp": "123456"}', "127.0.0.1", 1000
    headers = [
        (b"Host", b"127.0.0.1:8080"),
        (b"Content-Type", b"application/json"),
        (b"Content-Length", str(len(sent)).encode()),
        (b"Authorization", b"Bearer token"),
    ]
    base = {"SERVER_NAME": "127.0.0.1", "SERVER_PORT": "80", "wsgi.url_scheme": "http", "wsgi.errors": io.StringIO()}

    def request() -> Request:
        return Request("POST", b"/api/v1/tickets/t-1/confirm", "1.1", headers)

    def plainly() -> None:
        for _ in range(calls):
            asked = request()
            told = routes.answer(asked.method, asked.plain_path, asked.fields, sent, address)
            assert told is not None
            assert plainly_answered(*told, keep=True).startswith(b"HTTP/1.1 200")

    def by_wsgi() -> None:
        for _ in range(calls):
            environ = {**request().environ(base, address), "wsgi.input": io.BytesIO(sent)}
            answer, _, _ = answered(wsgi, environ, keep=True, ending=lambda: False)
            assert answer.startswith(b"HTTP/1.1 200")

    return Pair("a plain request to a fast route without an environ", calls, plainly, by_wsgi)


def _runner() -> Pair:
    calls = 1000

    def in_a_new_one(function: Callable[..., Any], *arguments: Any) -> None:
        greenlet.greenlet(function, get_hub().greenlet).switch(*arguments)

    def run(begin: Callable[..., None]) -> Callable[[], object]:
        def act() -> None:
            done, told = eventlet.Event(), list[int]()

            def work(number: int) -> None:
                told.append(number)

            def from_the_hub() -> None:
                for number in range(calls):
                    begin(work, number)
                done.send(None)

            get_hub().schedule_call_global(0, from_the_hub)
            done.wait()
            assert len(told) == calls

        return act

    return Pair("a call in a greenlet that is used again, not in a new one", calls, run(run_now), run(in_a_new_one))


def _sockets(stack: ExitStack) -> list[Pair]:
    server = socketio.Server(async_mode="eventlet", async_handlers=False, client_manager=DirectManager())
    server.on("request_ticket", lambda _sid, data: {"ok": True, "data": data}, namespace=NAMESPACE)
    server.on("connect", lambda *_: None, namespace=NAMESPACE)
    engine = Engine(server, 10.0)
    engine.begin()
    ours, theirs = eventlet.patcher.original("socket").socketpair()
    stack.callback(theirs.close)
    for end in (ours, theirs):
        end.setblocking(False)
    wire = Connection(ours, lambda _: None, lambda: None)
    client = WebSocketSession(engine, "levers", wire)
    server.eio.sockets["levers"] = client
    server.eio.handlers["connect"]("levers", {"REMOTE_ADDR": "127.0.0.1"})
    server.eio.handlers["message"]("levers", f"0{NAMESPACE},")
    event = f'2{NAMESPACE},7["request_ticket",{{"client":{{"name":"n","version":"1","device":"d"}}}}]'
    calls = 200  # as many answers as the line holds unread

    def directly() -> None:
        for _ in range(calls):
            assert engine.events.answered("levers", event, client.send_encoded)
        theirs.recv(1_000_000)

    def by_the_library() -> None:
        for _ in range(calls):
            server.eio.handlers["message"]("levers", event)
        theirs.recv(1_000_000)

    def leaving(manager: socketio.Manager) -> Callable[[], object]:
        manager.set_server(server)
        manager.initialize()
        sids = [manager.connect(f"there-{number}", NAMESPACE) for number in range(CROWD)]

        def leave_and_come() -> None:
            for number in range(20):
                manager.disconnect(sids[number], NAMESPACE, ignore_queue=True)
                sids[number] = manager.connect(f"there-{number}", NAMESPACE)

        return leave_and_come

    return [
        Pair("an event answered beside python-socketio", calls, directly, by_the_library),
        Pair(
            f"a client leaves and another comes, {CROWD:,} there: found both ways",
            20,
            leaving(DirectManager()),
            leaving(socketio.Manager()),
        ),
    ]


def _rows(database: Database) -> Pair:
    add = database.prepare_insert(cast("Table", AuditEventRow.__table__))
    made = iter(range(10**9))

    def batch() -> list[AuditEvent]:
        return [AuditEvent._make([f"{next(made):015d}", 1, *["x"] * 7, ""]) for _ in range(ROWS)]

    def prepared() -> None:
        for _ in range(10):
            add(batch())

    def session() -> None:
        for _ in range(10):
            with database.begin() as db:
                db.execute(insert(AuditEventRow), [step._asdict() for step in batch()])

    return Pair(f"rows of the audit log, {ROWS} at once, by a prepared statement", 10 * ROWS, prepared, session)


def _lookup(database: Database) -> Pair:
    one = select(AuditEventRow.event_id, AuditEventRow.action).where(AuditEventRow.event_id == bindparam("event_id"))
    look = database.prepare(cast("Select[Any]", one))
    calls = 300

    def prepared() -> None:
        for _ in range(calls):
            look(event_id="nobody")

    def session() -> None:
        for _ in range(calls):
            with database.begin() as db:
                db.execute(one, {"event_id": "nobody"}).all()

    return Pair("a row looked up by a prepared statement", calls, prepared, session)
