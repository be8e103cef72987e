"""Scripts of Redis within a traced call. Those of background loops are no part of a call and have no spans."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import redis

from gateway.foundation.redis.scripts import Evaluate, LuaFile, evaluator
from gateway.foundation.telemetry.request_trace import current
from scan_to_login.protocol import Code
from scan_to_login.tracing.late_spans import now

_CODES: Final = frozenset(code.value for code in Code)


def trace_scripts(client: redis.Redis) -> None:
    """From now on ``client`` notes the scripts of each traced call; stores that were made before it do not."""
    client.evaluate = _noted(evaluator(client))  # type: ignore[attr-defined]


def _noted(evaluate: Evaluate) -> Evaluate:
    def noted(file: LuaFile, keys: Sequence[str], values: Sequence[Any]) -> Any:
        trace = current.get()
        if trace is None:
            return evaluate(file, keys, values)
        began = now()
        try:
            reply = evaluate(file, keys, values)
        except Exception as error:
            trace.ran(file.name, began, type(error).__name__)
            raise
        refused = isinstance(reply, list) and reply and reply[0] in _CODES
        trace.ran(file.name, began, reply[0] if refused else "ok")
        return reply

    return noted
