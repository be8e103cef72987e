"""What one ping and its answer cost, counted in calls of Python functions: ten thousand clients wait at once."""

from __future__ import annotations

import subprocess
import sys

# Python functions of the server's own that run: for a ping _due, ping and write; for its answer _readable, _received,
# _heard, letter, ponged and ping_later.
MOST_CALLS_A_PING = 3
MOST_CALLS_AN_ANSWER = 6

PROGRAM = """
import sys
import warnings

warnings.simplefilter("ignore")
import eventlet
import socketio

from gateway.server.httptools_impl.admission import Admission
from gateway.server.httptools_impl.serving import HttptoolsServer
from gateway.server.socketio.engine import Engine
from gateway.server.socketio.manager import DirectManager

CLIENTS = 50
UPGRADE = (
    "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1", "Host: x", "Upgrade: websocket", "Connection: Upgrade",
    "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==", "", "",
)


def counted(work):
    calls = 0

    def count(_frame, event, _argument):
        nonlocal calls
        calls += event == "call"

    sys.setprofile(count)
    work()
    sys.setprofile(None)
    return calls - 1  # work itself


def app(environ, start_response):
    start_response("200 OK", [("Content-Length", "0")])
    return []


listener = eventlet.listen(("127.0.0.1", 0))
sockets = socketio.Server(async_mode="eventlet", client_manager=DirectManager(), async_handlers=False, ping_interval=0)
engine = Engine(sockets, 10)
engine.begin()
server = HttptoolsServer(listener, app, None, engine, None, body_bytes=1000, admission=Admission(100, 0))
server.start(lambda failure: None)
server._turning.kill()
clients = [eventlet.connect(listener.getsockname()) for _ in range(CLIENTS)]
for client in clients:
    client.sendall("\\r\\n".join(UPGRADE).encode())
    said = b""
    while b"maxPayload" not in said:
        said += client.recv(4096)
for round in range(3):
    pings = counted(engine.turn)
    for client in clients:
        assert client.recv(100) == b"\\x81\\x012"
        client.fd.send(b"\\x81\\x81\\1\\2\\3\\4" + bytes([ord("3") ^ 1]))
    answers = sum(counted(lambda: one.wire._readable(one.wire.fileno)) for one in sockets.eio.sockets.values())
    assert not any(one.answer_due for one in sockets.eio.sockets.values()), "an answer was not heard"
    print(pings / CLIENTS, answers / CLIENTS)
"""


def test_a_ping_and_its_answer_run_few_functions() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    for line in done.stdout.splitlines():
        ping, answer = map(float, line.split())
        assert int(ping) <= MOST_CALLS_A_PING, done.stdout  # what a turn does once is less than one for each
        assert answer <= MOST_CALLS_AN_ANSWER, done.stdout
    assert len(done.stdout.splitlines()) == 3
