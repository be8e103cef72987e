"""A command line that exports its spans, where its environment says so (``scan_to_login.tracing.exporting``)."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from scan_to_login.errors import StartupError
from scan_to_login.terminal.exit_codes import Exit
from scan_to_login.terminal.language import choose_language
from scan_to_login.tracing import exporting


@contextmanager
def exported(service: str) -> Iterator[None]:
    """A block whose spans are exported; ``service`` is the name without OTEL_SERVICE_NAME.

    Where they are wanted and cannot be, one sentence says so, and the program ends.
    """
    try:
        on = exporting.wanted(os.environ.get(exporting.VARIABLE, exporting.Traces.AUTO))
        if on:
            exporting.check_variables()
    except StartupError as error:
        _complain(error)
        sys.exit(Exit.USAGE)
    if not on:
        yield
        return
    sending = exporting.Exporting(
        service, lambda reason: _complain(StartupError("traces.unsent", reason=reason)), lambda: None
    )
    sending.install()
    try:
        yield
    finally:
        sending.stop()


def _complain(error: StartupError) -> None:
    print(error.said(choose_language(None, os.environ)), file=sys.stderr)
