"""Spans of the gateway's calls, pushes and scripts (OpenTelemetry). Without it there is nothing to switch off.

As the simulation it stands in front of the product (decision 10), and only ``gateway.bootstrap`` knows it.
docs/decisions/0026-one-trace-for-a-login.md says what a span's parent is.
"""
