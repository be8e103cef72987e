"""The `gateway` command with one route more, whose answer is streamed; run as a program by tests.

``GET /api/v1/numbers?pieces=N&size=BYTES&fails_at=N`` answers N pieces of that size. ``GET /api/v1/number-counts``
tells how many pieces were made, and how many such answers have begun and ended.
"""

from __future__ import annotations

import warnings
from collections.abc import Generator
from typing import Any

warnings.simplefilter("ignore")
import eventlet  # noqa: E402

eventlet.monkey_patch()

from pydantic import Field  # noqa: E402

from gateway.__main__ import main  # noqa: E402
from gateway.http import ops  # noqa: E402
from gateway.http.routes import Answer, Call, Raw, Router  # noqa: E402
from scan_to_login.request_shapes import Query  # noqa: E402

NEVER = -1


class Asked(Query):
    """What the answer consists of."""

    pieces: int = Field(3, ge=0)
    size: int = Field(10, ge=0)
    fails_at: int = Field(NEVER, description="the piece that cannot be made")


class Counts(Answer):
    """Of all streamed answers so far."""

    made: int
    begun: int
    ended: int


counts = {"made": 0, "begun": 0, "ended": 0}


def numbers(asked: Any) -> Generator[bytes, None, None]:
    """The pieces; the first one begins like JSON with a secret."""
    counts["begun"] += 1
    try:
        for number in range(asked.pieces):
            if number == asked.fails_at:
                raise ArithmeticError(f"number {number} cannot be made")
            counts["made"] += 1
            beginning = b"" if number else b'{"password": "Demo-2019", "name": "x", "numbers": "'
            yield beginning[: asked.size] + b"%d" % (number % 10) * (asked.size - len(beginning))
    finally:
        counts["ended"] += 1


def more_routes() -> Router:
    """The routes of this program."""

    def stream_numbers(call: Call) -> Raw:
        """Numbers."""
        return Raw(numbers(call.query), "application/json")

    def count_numbers(_call: Call) -> Counts:
        """Counts."""
        return Counts(**counts)

    room = Router("numbers", "/api/v1")
    room.add("GET", "/numbers", stream_numbers, query=Asked, returns="application/json")
    room.add("GET", "/number-counts", count_numbers, returns=Counts)
    return room


def with_more(router: Any) -> Any:
    """``router`` with the routes of this program."""

    def made(*arguments: Any) -> Router:
        room: Router = router(*arguments)
        room.all += more_routes().all
        return room

    return made


if __name__ == "__main__":
    ops.router = with_more(ops.router)
    main()
