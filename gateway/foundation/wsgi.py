"""WSGI (PEP 3333): its types, and a function that takes an app's whole answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Wsgi = Callable[[Environ, StartResponse], Iterable[bytes]]
# Beside WSGI: method, path without a query, headers by their names in an environ, body and address of a request; the
# status line with the headers, each with its line's end, and the body of the answer, or None where WSGI has to answer.
PlainAnswers = Callable[[str, str, Mapping[str, str], bytes, str], tuple[str, bytes] | None]


def whole_answer(app: Wsgi, environ: Environ) -> tuple[str, list[tuple[str, str]], bytes]:
    """Call ``app`` and take its whole answer: status line, headers, body. Raises the app's exceptions."""
    told: list[Any] = []
    pieces: list[bytes] = []

    def start(status: str, headers: list[tuple[str, str]], _exc_info: Any = None) -> Callable[[bytes], None]:
        told[:] = [status, headers]
        return pieces.append

    chunks = app(environ, start)
    try:
        pieces.extend(chunks)
    finally:
        close = getattr(chunks, "close", None)
        if close is not None:
            close()
    return told[0], told[1], b"".join(pieces)
