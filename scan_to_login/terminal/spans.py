"""A command line that exports its spans, where its environment says so (``scan_to_login.tracing.exporting``)."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def exported(service: str) -> Iterator[None]:
    """A block whose spans are exported; ``service`` is the name without OTEL_SERVICE_NAME. Raises StartupError."""
    from scan_to_login.tracing import exporting

    if not exporting.wanted(os.environ.get(exporting.VARIABLE, exporting.Traces.AUTO)):
        yield
        return
    sending = exporting.Exporting(service, _complain, lambda: None)
    sending.install()
    try:
        yield
    finally:
        sending.stop()


def _complain(reason: str) -> None:
    from scan_to_login.errors import StartupError
    from scan_to_login.terminal.language import choose_language

    told = StartupError("traces.unsent", reason=reason).said(choose_language(None, os.environ))
    print(told, file=sys.stderr)
