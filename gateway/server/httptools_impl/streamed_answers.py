"""Sends an answer piece by piece: no more of it is made than its reader takes."""

from __future__ import annotations

import time
from collections.abc import Iterable

from gateway.foundation.errors import Refusal
from gateway.foundation.redis.scripts import refusal_of
from gateway.foundation.telemetry.log_events import LogEvent
from gateway.foundation.telemetry.logs import log
from gateway.foundation.wsgi import end
from gateway.server.connection import Connection

PART_BYTES = 65_536  # sent at once; far below what a connection may leave unread


def send(wire: Connection, pieces: Iterable[bytes], *, chunked: bool, path: str) -> bool:
    """Send the body of an answer, in chunks (RFC 9112 section 7.1) or as it is; returns whether all of it was sent.

    The next part is made when the reader has taken the last one. A reader that does not is cut by the connection's own
    deadline. The pieces are closed in any case. An error of theirs is logged, and ends the connection so that the
    reader sees an incomplete answer. ``path`` is for the log.
    """
    sent = 0
    try:
        for piece in pieces:
            for start in range(0, len(piece), PART_BYTES):
                part = piece[start : start + PART_BYTES]
                wire.write(b"%x\r\n%b\r\n" % (len(part), part) if chunked else part)
                wire.wait_until_taken()
                sent += len(part)
            if not wire.open:
                return False
            time.sleep(0)  # others are served between two pieces
        if chunked:
            wire.write(b"0\r\n\r\n")
            wire.wait_until_taken()
    except Exception as error:  # noqa: BLE001 - the answer has begun: nobody else can say that it failed
        known = error if isinstance(error, Refusal) else refusal_of(error)
        told = {"reason": known.detail} if known else {"exc_info": error}
        log.error(LogEvent.ANSWER_BROKEN_OFF, path=path, sent=sent, **told)
        if chunked:
            wire.cut()
        else:
            wire.reset()
    finally:
        end(pieces)
    return wire.open
