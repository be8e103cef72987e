"""WSGI (PEP 3333): its types, a function that takes an app's answer, and answers that are sent piece by piece."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from typing import Any

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Wsgi = Callable[[Environ, StartResponse], Iterable[bytes]]
# Beside WSGI: method, path without a query, headers by their names in an environ, body and address of a request; the
# status line with the headers, each with its line's end, and the body of the answer, or None where WSGI has to answer.
PlainAnswers = Callable[[str, str, Mapping[str, str], bytes, str], tuple[str, bytes] | None]


class Pieces(Iterator[bytes]):
    """The body of a streamed answer: bytes that are made while they are sent.

    The first piece is made at once: an error up to there is still answered with a status of its own.
    """

    def __init__(self, pieces: Generator[bytes, None, None]) -> None:
        """Raises what making the first piece raises."""
        self._pieces = pieces
        self._first: bytes | None = next(pieces, b"")

    def __next__(self) -> bytes:
        """The next piece."""
        if self._first is None:
            return next(self._pieces)
        first, self._first = self._first, None
        return first

    def close(self) -> None:
        """Make no more pieces: what the generator holds, a database session for instance, ends."""
        self._pieces.close()


def answer_of(app: Wsgi, environ: Environ) -> tuple[str, list[tuple[str, str]], bytes | Iterable[bytes]]:
    """Call ``app`` and take its answer: status line, headers, body. Raises the app's exceptions.

    The body is whole. Only one without a Content-Length, and not in a list, is still to be made: an iterable, which has
    to be closed with `end`.
    """
    told: list[Any] = []
    pieces: list[bytes] = []

    def start(status: str, headers: list[tuple[str, str]], _exc_info: Any = None) -> Callable[[bytes], None]:
        told[:] = [status, headers]
        return pieces.append

    chunks = app(environ, start)
    if isinstance(chunks, list) and not pieces:  # most answers
        return told[0], told[1], b"".join(chunks)
    if _is_streamed(environ, told[0], told[1]):
        return told[0], told[1], chunks
    try:
        if environ["REQUEST_METHOD"] != "HEAD":
            pieces.extend(chunks)
    finally:
        end(chunks)
    return told[0], told[1], b"".join(pieces)


def _is_streamed(environ: Environ, status: str, headers: list[tuple[str, str]]) -> bool:
    if any(name.lower() == "content-length" for name, _ in headers):
        return False
    return environ["REQUEST_METHOD"] != "HEAD" and not status.startswith(("1", "204", "304"))


def end(chunks: Iterable[bytes]) -> None:
    """Close the body of an answer (PEP 3333: "Specification Details"), whether it was taken or not."""
    close = getattr(chunks, "close", None)
    if close is not None:
        close()
