"""The traces of one worker: made in the worker's own process, after every fork."""

from __future__ import annotations

from typing import Any

import redis
from flask import Flask

from gateway.config import Settings
from gateway.foundation.telemetry.log_events import LogEvent
from gateway.foundation.telemetry.logs import log
from gateway.foundation.telemetry.masking import masked_text
from gateway.foundation.wsgi import PlainAnswers
from scan_to_login.tracing import exporting

SERVICE = "scan-to-login-gateway"


def build_tracing(settings: Settings, client: redis.Redis) -> Tracing | None:
    """The traces of this worker; None where they are off, and then nothing of OpenTelemetry is imported.

    The scripts that ``client`` runs for calls are seen: stores keep their way to run them, so make those afterwards.
    """
    if exporting.wanted(settings.traces):
        return Tracing(client)
    if settings.traces == exporting.Traces.AUTO and exporting.named_endpoint() and not exporting.installed():
        log.warning(LogEvent.TRACES_OFF)
    return None


class Tracing:
    """Stands in front of the product, and sends what it has seen."""

    def __init__(self, client: redis.Redis) -> None:
        from gateway.tracing.scripts import trace_scripts

        trace_scripts(client)
        self._exporting = exporting.Exporting(
            SERVICE,
            lambda reason: log.warning(LogEvent.TRACES_UNSENT, reason=masked_text(reason)),
            lambda: log.info(LogEvent.TRACES_SENT),
        )
        self._tracer = self._exporting.tracer("gateway")

    def requests(self, app: Flask, plain: PlainAnswers) -> PlainAnswers:
        """Put spans around each request to ``app``, and return ``plain`` with the same."""
        from gateway.tracing.requests import TracedRequests

        requests = TracedRequests(self._tracer, app)
        app.wsgi_app = requests.before(app.wsgi_app)  # type: ignore[assignment,method-assign]
        return requests.before_plain(plain)

    def sockets(self, server: Any) -> Any:
        """``server``, a Socket.IO server, with spans: see ``gateway.tracing.sockets``."""
        from gateway.tracing.sockets import TracedSockets

        return TracedSockets(server, self._tracer)

    def stop(self) -> None:
        """Send what is left, for two seconds at the most."""
        self._exporting.stop()
