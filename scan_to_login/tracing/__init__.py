"""Traces by OpenTelemetry for the three programs. Importing this imports nothing of OpenTelemetry."""
