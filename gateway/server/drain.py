"""How a worker that ends lets its clients go: sockets move to the others, and what is under way is finished.

``server`` says when; ``gateway.foundation.draining`` counts what is under way.
"""

from __future__ import annotations

import random

import eventlet
from flask import Flask

from gateway.foundation.draining import Draining

MOVED_PER_SECOND = 1000
ANSWER_SECONDS = 0.02  # from the app's answer to its last byte on the wire


def drain(app: Flask, draining: Draining, seconds: float) -> None:
    """Move the sockets of ``app`` and wait for its last answers, ``seconds`` at the most."""
    with eventlet.Timeout(seconds, False):
        move_sockets(app, seconds / 2)
        draining.wait_until_idle(seconds)
        eventlet.sleep(ANSWER_SECONDS)


def move_sockets(app: Flask, seconds: float) -> None:
    """Close every Socket.IO connection, in no order and not all at once; the clients come back to another worker.

    The connection is cut and not left by Socket.IO's own farewell, after which its clients would stay away.
    """
    waiting = list(app.extensions["socketio"].server.eio.sockets.values())
    random.shuffle(waiting)
    pause = min(1 / MOVED_PER_SECOND, seconds / max(1, len(waiting)))
    for transport in waiting:
        transport.close(wait=False, abort=True)
        eventlet.sleep(pause)
