"""The header ``traceparent`` (W3C Trace Context, section 3.2), read without OpenTelemetry."""

from __future__ import annotations

import re
from typing import Final

TRACEPARENT: Final = "traceparent"
TRACESTATE: Final = "tracestate"
LONGEST: Final = 512
"""Characters of a ``traceparent`` that are looked at: those of a later version may be longer than the 55 of today."""
_FORM: Final = re.compile(
    r"(?!ff)(?P<version>[0-9a-f]{2})-(?!0{32})(?P<trace>[0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?P<more>-.*)?\Z"
)


def trace_id_of(traceparent: object) -> str:
    """The trace's id, 32 hexadecimal digits; empty for a value that the standard has receivers ignore."""
    if not isinstance(traceparent, str) or len(traceparent) > LONGEST:
        return ""
    found = _FORM.match(traceparent)
    if found is None or (found["version"] == "00" and found["more"] is not None):
        return ""
    return found["trace"]
