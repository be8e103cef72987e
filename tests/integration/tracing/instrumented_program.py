"""Somebody's program: it has set OpenTelemetry up for itself, and drives a phone and a client.

instrumented_program.py URL TRANSPORT SPAN: a login over that transport, within a span of that name if it is not empty.
"""

from __future__ import annotations

import contextlib
import sys
from typing import cast

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor

from app_simulator.phone import Phone
from client_stub.client import Client, Transport


def main(url: str, transport: str, span: str) -> None:
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    within = trace.get_tracer("theirs").start_as_current_span(span) if span else contextlib.nullcontext()
    with Phone(url) as phone, Client(url, transport=cast("Transport", transport)) as client:
        phone.login("agent", "Demo-2019")
        with within:
            ticket = client.request_ticket()
            phone.confirm(phone.scan(ticket.qr))
            client.wait_for("confirmed")
            client.claim()
            client.verify_unit("A", "Unit-2019")
    print(ticket.ticket_id)


main(*sys.argv[1:])
