"""Connections that are over are freed at once: nothing is left to the collector, which holds everybody up."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import gc
import warnings

warnings.simplefilter("ignore")
import eventlet
import socketio
from eventlet.hubs import get_hub

from gateway.server.httptools_impl.admission import Admission
from gateway.server.socketio.engine import Engine
from gateway.server.socketio.manager import DirectManager
from gateway.server.httptools_impl.serving import HttptoolsServer

OURS = {"Connection", "WebSocketSession", "Frames", "HttpConnection", "HttpRequestParser", "Request", "FdListener"}


def left():
    found = {}
    for thing in gc.get_objects():
        name = type(thing).__name__
        if name in OURS:
            found[name] = found.get(name, 0) + 1
    return dict(sorted(found.items()))


def app(environ, start_response):
    start_response("200 OK", [("Content-Length", "0")])
    return []


def say(*lines):
    client = eventlet.connect(listener.getsockname())
    client.sendall("\\r\\n".join([*lines, "", ""]).encode())
    assert client.recv(4096)
    return client


listener = eventlet.listen(("127.0.0.1", 0))
sockets = socketio.Server(async_mode="eventlet", client_manager=DirectManager(), async_handlers=False)
sockets.on("connect", lambda sid, environ, auth=None: None, namespace="/pairing")
engine = Engine(sockets, 10)
engine.begin()
server = HttptoolsServer(listener, app, None, engine, None, body_bytes=1000, admission=Admission(100, 0))
server.start(print)
gc.collect()
gc.disable()
print(left())
upgrade = (
    "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1", "Host: x", "Upgrade: websocket", "Connection: Upgrade",
    "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
)
clients = [say(*upgrade) for _ in range(5)]
clients += [say("GET / HTTP/1.1", "Host: x"), say("GET /socket.io/?EIO=3 HTTP/1.1", "Host: x"), say("nonsense")]
print(left())
clients[0].sendall(b"\\x88\\x80\\0\\0\\0\\0")  # one says farewell, the others vanish
while clients[0].recv(4096):
    pass
for client in clients:
    client.close()
with eventlet.Timeout(30):
    while sockets.eio.sockets or server._connections:
        eventlet.sleep(0)
del client
clients.clear()
print(left())
"""


def test_a_closed_connection_leaves_no_garbage() -> None:
    """WebSockets, requests, and other bytes; in a separate process, for the hub belongs to its thread."""
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=60, check=False)
    assert done.stderr == ""
    before, during, after = done.stdout.splitlines()
    assert "'WebSocketSession': 5" in during
    assert after == before
