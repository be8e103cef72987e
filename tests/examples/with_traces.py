"""A login is a part of the test's own trace: ``pytest with_traces.py`` (pip install 'scan-to-login[server,otel]')."""

from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

provider, spans = TracerProvider(), InMemorySpanExporter()
provider.add_span_processor(SimpleSpanProcessor(spans))
trace.set_tracer_provider(provider)


def test_phone_and_client_take_part_in_the_present_span(pairing_client, pairing_phone):
    with trace.get_tracer("payroll").start_as_current_span("payroll logs in"):
        ticket = pairing_client.request_ticket()
        pairing_phone.confirm(pairing_phone.scan(ticket.qr))
        pairing_client.wait_for("confirmed")
        pairing_client.claim()
    (whole,) = (span for span in spans.get_finished_spans() if span.name == "payroll logs in")
    of_the_login = [span for span in spans.get_finished_spans() if span.context.trace_id == whole.context.trace_id]
    assert {"request_ticket", "POST /api/v1/tickets/{ticket_id}/scan"} <= {span.name for span in of_the_login}
