"""Whether a program exports its spans, and the exporter of those that do (OTLP over HTTP).

OpenTelemetry's own variables say where to and how: OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_SERVICE_NAME, OTEL_TRACES_SAMPLER
and the others of its specification. PAIRING_TRACES says whether.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from scan_to_login.errors import StartupError

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Tracer

VARIABLE: Final = "PAIRING_TRACES"
ENDPOINTS: Final = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
DEFAULT_ENDPOINT: Final = "http://localhost:4318"
LAST_EXPORT_SECONDS: Final = 2.0
_MODULES: Final = ("opentelemetry.sdk", "opentelemetry.exporter.otlp.proto.http")
_LOGGER: Final = "opentelemetry"


class Traces(StrEnum):
    """The values of the setting."""

    AUTO = "auto"
    ON = "on"
    OFF = "off"


def wanted(setting: str, environment: Mapping[str, str] = os.environ) -> bool:
    """Whether spans are exported.

    ``auto`` exports where an endpoint is named and the extra is installed. OpenTelemetry's own switches
    (OTEL_SDK_DISABLED, OTEL_TRACES_EXPORTER=none) win. Raises StartupError for ``on`` without the extra, and for a
    fourth word.
    """
    if setting not in list(Traces):
        raise StartupError("traces.setting", word=setting)
    if setting == Traces.OFF or environment.get("OTEL_SDK_DISABLED", "").strip().lower() == "true":
        return False
    if environment.get("OTEL_TRACES_EXPORTER", "").strip().lower() == "none":
        return False
    if setting == Traces.ON and not installed():
        raise StartupError("traces.package")
    return setting == Traces.ON or (bool(named_endpoint(environment)) and installed())


def check_variables() -> None:
    """Raises StartupError where OpenTelemetry's variables make no exporter. Sends nothing."""
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    try:
        OTLPSpanExporter().shutdown()  # type: ignore[no-untyped-call]
    except (ValueError, OSError) as error:
        raise StartupError("traces.variables", reason=error) from None


def named_endpoint(environment: Mapping[str, str] = os.environ) -> str:
    """The endpoint that the environment names; empty where it names none."""
    return next(filter(None, (environment.get(name, "").strip() for name in ENDPOINTS)), "")


def installed() -> bool:
    """Whether the extra ``otel`` is installed; imports no more than its outermost packages."""
    try:
        return all(find_spec(module) is not None for module in _MODULES)
    except ModuleNotFoundError:
        return False


class Exporting:
    """A program's tracer, and the thread that sends its spans. Make it in the process that serves, after every fork."""

    def __init__(self, service: str, on_failure: Callable[[str], None], on_recovery: Callable[[], None]) -> None:
        """``service`` is the name without OTEL_SERVICE_NAME.

        ``on_failure`` is told the reason once when spans cannot be sent any more, ``on_recovery`` is called when they
        can again.
        """
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import SERVICE_NAME, Resource
        from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult

        reasons = _Reasons()
        logger = logging.getLogger(_LOGGER)
        logger.addHandler(reasons)
        logger.propagate = False  # one line for each episode, in the program's own log

        class Episodes(SpanExporter):
            """The exporter; it tells when sending begins to fail, and when it works again."""

            def __init__(self) -> None:
                self._exporter = OTLPSpanExporter()
                self._failing = False

            def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
                try:
                    failed = self._exporter.export(spans) is not SpanExportResult.SUCCESS
                    reason = reasons.last
                except Exception as error:  # noqa: BLE001 - some versions raise what others return
                    failed, reason = True, str(error)
                if failed and not self._failing:
                    on_failure(reason)
                elif self._failing and not failed:
                    on_recovery()
                self._failing = failed
                return SpanExportResult.FAILURE if failed else SpanExportResult.SUCCESS

            def shutdown(self) -> None:
                self._exporter.shutdown()  # type: ignore[no-untyped-call]

        # A name in OTEL_SERVICE_NAME or OTEL_RESOURCE_ATTRIBUTES wins.
        named = Resource.create()
        if str(named.attributes.get(SERVICE_NAME, "")).startswith("unknown_service"):
            named = named.merge(Resource({SERVICE_NAME: service}))
        self._provider: TracerProvider = TracerProvider(resource=named, shutdown_on_exit=False)
        self._provider.add_span_processor(BatchSpanProcessor(Episodes()))

    def tracer(self, scope: str) -> Tracer:
        """The tracer that makes the spans of ``scope``."""
        return self._provider.get_tracer(scope)

    def install(self) -> None:
        """Make this the provider of all code in this program that asks OpenTelemetry for one."""
        from opentelemetry import trace

        trace.set_tracer_provider(self._provider)

    def stop(self) -> None:
        """Send what is left, for 2 seconds at the most: a collector that hangs holds nobody up."""
        sending = threading.Thread(target=self._provider.shutdown, name="last-spans", daemon=True)
        sending.start()
        sending.join(LAST_EXPORT_SECONDS)


class _Reasons(logging.Handler):
    """Keeps the last thing that OpenTelemetry complained about."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.last = ""

    def emit(self, record: logging.LogRecord) -> None:
        self.last = record.getMessage()
