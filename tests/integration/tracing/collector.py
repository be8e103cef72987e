"""A collector: OTLP over HTTP on loopback, decoded by the protocol's own messages."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, NamedTuple, Self

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span as Sent

WITHIN_SECONDS = 30.0


class Span(NamedTuple):
    """A span that has arrived. Ids are in hexadecimal digits; ``parent`` is empty for a root."""

    service: str
    name: str
    kind: str  # SERVER, CLIENT, PRODUCER, CONSUMER
    trace: str
    id: str
    parent: str
    attributes: dict[str, Any]
    links: list[str]  # traces
    failed: bool

    @property
    def traceparent(self) -> str:
        """What a message of it carries."""
        return f"00-{self.trace}-{self.id}-01"


class Collector:
    """Takes what is sent, until the end of the block. ``status`` is what it answers; ``silent`` holds answers back."""

    def __init__(self) -> None:
        self.status = 200
        self.silent = threading.Event()
        self.silent.set()
        self.refused = 0
        self._spans: list[Span] = []
        self._changed = threading.Condition()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())

    @property
    def url(self) -> str:
        """Its address, for OTEL_EXPORTER_OTLP_ENDPOINT."""
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def environment(self) -> dict[str, str]:
        """The variables of a program that sends its spans here, soon after they have ended."""
        return {"OTEL_EXPORTER_OTLP_ENDPOINT": self.url, "OTEL_BSP_SCHEDULE_DELAY": "50"}

    def until(self, fits: Callable[[list[Span]], Any]) -> list[Span]:
        """All spans, as soon as ``fits`` is true of them."""
        end = time.monotonic() + WITHIN_SECONDS
        with self._changed:
            while not fits(self._spans):
                if not self._changed.wait(end - time.monotonic()):
                    names = "\n".join(f"{span.trace[:6]} {span.service} {span.name}" for span in self._spans)
                    raise AssertionError(f"not within {WITHIN_SECONDS} s; there are\n{names}")
            return list(self._spans)

    def until_refused(self, count: int) -> None:
        """Wait until it has refused so many requests."""
        self.until(lambda _: self.refused >= count)

    def one(self, name: str, **attributes: Any) -> Span:
        """The one span with this name and these attributes (``__`` for a dot), as soon as it is there."""
        wanted = {key.replace("__", "."): value for key, value in attributes.items()}

        def fitting(spans: list[Span]) -> list[Span]:
            return [span for span in spans if span.name == name and wanted.items() <= span.attributes.items()]

        found = fitting(self.until(fitting))
        assert len(found) == 1, found
        return found[0]

    def _take(self, data: bytes) -> None:
        request = ExportTraceServiceRequest.FromString(data)
        with self._changed:
            if self.status == 200:
                for resource in request.resource_spans:
                    service = _plain(resource.resource.attributes)["service.name"]
                    self._spans += [_span(service, sent) for scope in resource.scope_spans for sent in scope.spans]
            else:
                self.refused += 1
            self._changed.notify_all()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        collector = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = WITHIN_SECONDS

            def do_POST(self) -> None:
                data = self.rfile.read(int(self.headers["Content-Length"]))
                assert self.path == "/v1/traces"
                collector.silent.wait(WITHIN_SECONDS)
                collector._take(data)
                self.send_response(collector.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Nothing is logged."""

        return Handler

    def __enter__(self) -> Self:
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.silent.set()
        self._server.shutdown()
        self._server.server_close()


def _span(service: str, sent: Sent) -> Span:
    return Span(
        service,
        sent.name,
        Sent.SpanKind.Name(sent.kind).removeprefix("SPAN_KIND_"),
        sent.trace_id.hex(),
        sent.span_id.hex(),
        sent.parent_span_id.hex(),
        _plain(sent.attributes),
        [link.trace_id.hex() for link in sent.links],
        bool(sent.status.code),
    )


def _plain(attributes: Any) -> dict[str, Any]:
    return {each.key: getattr(each.value, each.value.WhichOneof("value")) for each in attributes}
