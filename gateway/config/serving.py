"""Where the gateway listens, what its connections may do, and how it ends."""

from typing import Annotated

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import NoDecode

from gateway.config.group import Beat, Group
from scan_to_login.qr_payload import QrRefused, origin_of


class ServingSettings(Group):
    """Addresses, TLS, connections, the end of a worker, logs."""

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8080, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    workers: int = Field(1, ge=1, le=64, description="Worker processes that share the port.")
    public_url: str = Field(
        "", description="Address at which clients and phones reach the gateway. Default: the address it listens on."
    )
    allowed_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="More web origins that may connect, separated by commas; never `*`."
    )
    trusted_proxies: int = Field(
        0, ge=0, le=8, description="Number of proxies in front whose `X-Forwarded-*` headers the gateway trusts."
    )
    tls_certificate: str = Field("", description="PEM file of a certificate; turns HTTPS on.")
    tls_key: str = Field("", description="PEM file of the certificate's key.")
    connections_per_address: int = Field(
        5000,
        ge=0,
        description="Connections that one client address (for IPv6 a /64 network) may hold at one worker; never more "
        "than half of the worker's maximum. 0 is no limit. Behind trusted proxies there is no limit.",
    )
    body_bytes: int = Field(65_536, ge=1024, description="Largest request body or Socket.IO packet, in bytes.")
    connect_deadline_seconds: Beat = Field(
        10.0, gt=0, description="Time after which the gateway closes a socket that has joined no namespace."
    )
    ping_interval_seconds: Beat = Field(25.0, gt=0, description="Interval of the Socket.IO heartbeat.")
    ping_timeout_seconds: Beat = Field(
        20.0, gt=0, description="Time after a ping after which the gateway closes a silent socket."
    )
    drain_seconds: float = Field(
        10.0,
        ge=0,
        le=300,
        description="Longest time that a worker takes after SIGTERM to move its sockets to other workers and to finish "
        "requests in progress.",
    )
    lame_duck_seconds: float = Field(
        5.0,
        ge=0,
        le=300,
        description="Time from SIGTERM until the listener closes. Meanwhile `/readyz` answers 503 and all other "
        "requests are served. Set it longer than a proxy takes to notice; 0 closes at once, like ^C.",
    )
    log_level: str = Field("info", pattern="^(debug|info|warning|error)$", description="Lowest level that is logged.")
    log_format: str = Field("auto", pattern="^(auto|json|text)$", description="`auto`: text on a terminal, else JSON.")

    traces: str = Field(
        "auto",
        pattern="^(auto|on|off)$",
        description="Whether spans are sent by OpenTelemetry (OTLP over HTTP; package extra `otel`). `auto`: where "
        "`OTEL_EXPORTER_OTLP_ENDPOINT` is set and the extra is installed.",
    )

    @field_validator("allowed_origins", mode="before")
    @classmethod
    def _split_origins(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("allowed_origins")
    @classmethod
    def _real_origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for origin in value:
            if not _is_origin(origin):
                raise PydanticCustomError(
                    "origin",
                    "{origin} is not an origin like https://example.com; `*` is never allowed",
                    {"origin": origin},
                )
        return tuple(_origin(origin) for origin in value)

    @field_validator("public_url")
    @classmethod
    def _real_address(cls, value: str) -> str:
        if value and not is_address(value):
            raise PydanticCustomError(
                "address", "{address} is not an address like https://login.example.com", {"address": value}
            )
        return value


def is_address(url: str) -> bool:
    """Whether ``url`` can be the gateway's public address: http or https, and a path at most."""
    return not set(url) & set("?# \t\r\n") and bool(_origin(url))


def _is_origin(text: str) -> bool:
    parts = text.split("/")
    return len(parts) in (3, 4) and not any(parts[3:]) and not set(text) & set("*?#\\ \t\r\n") and bool(_origin(text))


def _origin(url: str) -> str:
    """The origin of a URL; empty where it is none."""
    try:
        return origin_of(url)
    except QrRefused:
        return ""
