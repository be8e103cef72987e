"""Every setting: its name, its default, and what it does.

A setting ``tickets_pending_seconds`` is read from ``PAIRING_TICKETS_PENDING_SECONDS``. ``gateway
settings`` prints this file as a table; a test holds ``docs/reference/settings.md`` against it.
"""

from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from platformdirs import user_data_path
from pydantic import AliasChoices, BeforeValidator, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from scan_to_login.protocol import NumberMatching, QrRefused, origin_of

ENV_PREFIX = "PAIRING_"
_NAME = "scan-to-login"
HOME = "the user's data directory"
# Moments are milliseconds in Lua, which tells numbers of 14 digits as they are: the year 2999 and a century are below.
CENTURY_SECONDS = 36_525 * 86_400
MOST_REPLICAS = 8


def _replicas(value: Any) -> Any:
    if value == "all" or (str(value).isdecimal() and int(value) <= MOST_REPLICAS):
        return value
    raise ValueError(f"must be a number from 0 to {MOST_REPLICAS}, or all")


Span = Annotated[int, Field(le=CENTURY_SECONDS)]
# What a client is told to wait in its own timers: browsers have 31 bits of milliseconds for that, 24 days.
Beat = Annotated[float, Field(le=86_400)]


class Settings(BaseSettings):
    """The gateway's settings; immutable once read."""

    model_config = SettingsConfigDict(env_prefix=ENV_PREFIX, extra="ignore", frozen=True, populate_by_name=True)

    # -- where it listens
    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8080, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    workers: int = Field(1, ge=1, le=64, description="Worker processes that share the port.")
    public_url: str = Field(
        "", description="Address under which clients and phones reach the gateway; by default the one it listens on."
    )
    allowed_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Further web origins that may connect, separated by commas; never `*`."
    )
    trusted_proxies: int = Field(
        0, ge=0, le=8, description="How many proxies in front may say who the caller is by `X-Forwarded-*`."
    )

    tls_certificate: str = Field("", description="PEM file of a certificate; with it the gateway speaks HTTPS.")
    tls_key: str = Field("", description="PEM file of the certificate's key.")

    # -- what it keeps
    data_dir: Path = Field(
        default_factory=lambda: user_data_path(_NAME),
        description="Folder of the database, the private Redis and the server key.",
    )
    redis_url: SecretStr = Field(
        SecretStr(""),
        validation_alias=AliasChoices("PAIRING_REDIS_URL", "REDIS_URL"),
        description="Redis to use (also read from `REDIS_URL`); empty starts a private one. One server: `redis://`, "
        "`rediss://` (TLS), `unix://`; Redis Cluster: `redis+cluster://host:port[,host:port…]`; Sentinel: "
        "`redis+sentinel://[:password@]host:port[,host:port…]/service[/db]`.",
    )
    redis_prefix: str = Field(
        "{pairing}:", description="Begins every key and channel; its hash tag keeps all keys in one slot of a cluster."
    )
    redis_connections: int = Field(64, ge=2, le=1024, description="Most connections to Redis of one worker.")
    redis_timeout_seconds: float = Field(
        2.0, gt=0, le=60, description="Longest wait for one answer of Redis; then the caller gets 503."
    )
    redis_replicas_acknowledge: Annotated[int | Literal["all"], BeforeValidator(_replicas)] = Field(
        1,
        description="Replicas that must have a change before it is answered (`WAIT`), so that a failover loses nothing "
        "that was acknowledged. For Cluster and Sentinel alone; 1 is right there. `all`: every replica that is not "
        "held to be down, for replicas of different priority.",
    )
    database_url: SecretStr = Field(
        SecretStr(""),
        description="SQLAlchemy URL, such as `postgresql+psycopg://user:password@host/database`; empty means SQLite in "
        "the data directory.",
    )
    server_key: SecretStr = Field(
        SecretStr(""),
        description="Key from which one-time-code secrets and tokens are derived; by default made once, in the data "
        "directory. Machines that share a Redis share it.",
    )

    server_key_previous: SecretStr = Field(
        SecretStr(""),
        description="Keys before this one, newest first, separated by commas; `@` begins the path of a key's file. "
        "What they made goes on being accepted: one-time codes of enrolled phones, registration codes, repeated "
        "claims.",
    )

    # -- tickets
    tickets_pending_seconds: Span = Field(120, ge=1, description="Lifetime of a ticket that nobody has scanned.")
    tickets_scanned_seconds: Span = Field(60, ge=1, description="Time from the scan to the confirm.")
    tickets_confirmed_seconds: Span = Field(30, ge=1, description="Time from the confirm to the claim.")
    tickets_total_seconds: Span = Field(300, ge=1, description="Longest life of a ticket in all, from its request.")
    tickets_tombstone_seconds: Span = Field(
        600, ge=0, description="How long a dead ticket is remembered, so that it answers 410 and not 404."
    )
    tickets_claim_repeat_seconds: Span = Field(
        30, ge=0, description="How long a claim may be repeated with the same `Idempotency-Key`."
    )
    tickets_confirm_tries: int = Field(
        5, ge=1, description="Wrong one-time codes or numbers at one ticket before it is rejected."
    )
    tickets_per_socket: int = Field(20, ge=1, description="Live tickets that one Socket.IO connection may hold.")
    tickets_per_address: int = Field(
        3000, ge=0, description="Tickets that one address may leave unclaimed in a minute; 0 is no limit."
    )
    ticket_guesses_per_address: int = Field(
        100, ge=0, description="Unknown tickets or secrets that one address may try in a minute; 0 is no limit."
    )
    number_matching: NumberMatching = Field(
        NumberMatching.SHOW, description="The two-digit number after a scan: `off`, `show`, or `require` it."
    )
    poll_wait_seconds: int = Field(30, ge=0, le=120, description="Longest wait of one long poll.")
    poll_interval_seconds: Beat = Field(
        1.0, ge=0, description="Polls of one ticket that do not wait and come faster than this are told `slow_down`."
    )

    poll_waits_per_ticket: int = Field(
        4,
        ge=0,
        description="Long polls of one ticket, or of one account's messages, that may wait at a time on one "
        "worker; 0 is no limit.",
    )
    poll_waits_per_address: int = Field(
        1_000, ge=0, description="Long polls from one address that may wait at a time on one worker; 0 is no limit."
    )
    # -- what is forgotten
    audit_days: int = Field(180, ge=1, le=36_525, description="How long the audit trail is kept.")
    ended_days: int = Field(
        180, ge=1, le=36_525, description="The same for devices, authorizations and registration codes that are over."
    )
    prune_seconds: Beat = Field(300.0, ge=0.1, description="How often one worker looks for what is past that.")

    # -- sessions
    phone_session_seconds: Span = Field(30 * 86_400, ge=1, description="Lifetime of a phone's session.")
    client_session_seconds: Span = Field(12 * 3_600, ge=1, description="Lifetime of a client's session.")
    client_idle_seconds: Span = Field(1_800, ge=1, description="A client's session ends after so long without a call.")
    web_session_seconds: Span = Field(2 * 3_600, ge=1, description="Lifetime of a session of the WEB platform.")
    web_idle_seconds: Span = Field(1_800, ge=1, description="A WEB session ends after so long without a call.")

    # -- passwords and captchas
    login_tries: int = Field(5, ge=1, description="Wrong passwords that lock an account.")
    login_lock_seconds: Span = Field(7_200, ge=1, description="How long such a lock lasts.")
    declaration_tries: int = Field(5, ge=1, description="Wrong declaration passwords that lock a unit.")
    declaration_lock_seconds: Span = Field(7_200, ge=1, description="How long such a lock lasts.")
    captcha_seconds: Span = Field(300, ge=1, description="How long a captcha can be answered.")

    # -- units
    cut_over_date: date | None = Field(
        None,
        description="Before this date (in China) clients may log in by declaration password alone and authorizations "
        "are off; from it on, the reverse. Empty: the seed's date, or else as after it.",
    )

    # -- registration and forgotten passwords
    registration_code_seconds: Span = Field(7 * 86_400, ge=1, description="Lifetime of a registration code.")
    registration_seconds: Span = Field(1_800, ge=1, description="Lifetime of a registration that was begun.")
    reset_seconds: Span = Field(1_800, ge=1, description="Lifetime of a password reset that was begun.")
    sms_code_seconds: Span = Field(300, ge=1, description="Lifetime of an SMS code.")
    sms_interval_seconds: Span = Field(60, ge=0, description="Time between two SMS codes of one registration or reset.")
    sms_per_transaction: int = Field(5, ge=1, description="SMS codes of one registration or reset.")
    sms_per_day: int = Field(10, ge=1, description="SMS codes to one phone, or for one claimed identity, in a day.")
    sms_tries: int = Field(5, ge=1, description="Wrong SMS codes after which the code is void.")
    sms_webhook_url: str = Field(
        "", description="Where SMS messages are posted to; the simulation keeps them in its outbox instead."
    )
    sms_webhook_secret: SecretStr = Field(
        SecretStr(""), description="Key of the HMAC-SHA-256 in `X-Pairing-Signature` on each posted message."
    )

    # -- limits; what turns out well is not counted, 0 is no limit
    logins_per_account: int = Field(
        100, ge=0, description="Failed logins at one account from one address in a minute, wrong captchas included."
    )
    logins_per_address: int = Field(
        1_000, ge=0, description="Failed logins from one address in a minute; who got in from there before is exempt."
    )
    logins_in_all: int = Field(6_000, ge=0, description="Failed logins in a minute in all.")
    declarations_per_unit: int = Field(
        100, ge=0, description="Failed declaration passwords for one unit from one address in a minute."
    )
    declarations_per_address: int = Field(
        1_000, ge=0, description="Failed declaration passwords from one address in a minute."
    )
    grants_per_account: int = Field(
        60, ge=0, description="People not found whom one account wanted to authorize, in an hour."
    )
    otp_tries: int = Field(
        10, ge=1, description="Wrong one-time codes of one phone, at any tickets and resets, that log it out."
    )
    otp_tries_per_account: int = Field(
        30,
        ge=0,
        description="Wrong one-time codes of all phones of one account after which none is looked at for a while; 0 is "
        "no limit.",
    )
    otp_window_seconds: Span = Field(600, ge=1, description="Within how many seconds those wrong codes count.")
    captchas_per_address: int = Field(300, ge=0, description="Captchas for one address in a minute.")
    captchas_in_all: int = Field(1_500, ge=0, description="Captchas in a minute in all; each costs 20 ms of a core.")
    registrations_per_address: int = Field(
        60, ge=0, description="Refused registration codes of one address in a minute."
    )
    resets_per_address: int = Field(60, ge=0, description="Password resets begun from one address in a minute.")
    sms_per_address: int = Field(100, ge=0, description="SMS codes that one address may ask for in an hour.")

    # -- transport
    connections_per_address: int = Field(
        5000,
        ge=0,
        description="Connections of one worker that one client address may hold, for IPv6 a network of /64; never more "
        "than half of all that the worker takes. 0 is no limit, as behind trusted proxies always.",
    )
    body_bytes: int = Field(65_536, ge=1024, description="Largest request body or Socket.IO packet, in bytes.")
    connect_deadline_seconds: Beat = Field(
        10.0, gt=0, description="A socket that has joined no namespace by then is closed."
    )
    ping_interval_seconds: Beat = Field(25.0, gt=0, description="Interval of the Socket.IO heartbeat.")
    ping_timeout_seconds: Beat = Field(20.0, gt=0, description="A socket silent for so long after a ping is closed.")

    drain_seconds: float = Field(
        10.0,
        ge=0,
        le=300,
        description="Longest time that a worker told to end (SIGTERM) takes to move its sockets to the others and to "
        "finish what is under way.",
    )

    lame_duck_seconds: float = Field(
        5.0,
        ge=0,
        le=300,
        description="Time from SIGTERM until the listener closes, in which `/readyz` says 503 and all else is served: "
        "longer than a proxy takes to notice. 0 closes it at once, as ^C does.",
    )

    # -- simulation
    sim: bool = Field(False, description="Turns the control plane `/sim/v1` on (clock, outbox, faults, seed, reset).")
    sim_token: SecretStr = Field(
        SecretStr(""),
        description="Bearer token that alone opens the control plane; without one, only this machine may use it.",
    )
    sim_open: bool = Field(
        False, description="Lets every address that reaches the gateway use the control plane: for a demo in a LAN."
    )
    allow_sim_database: bool = Field(
        False,
        description="Lets a gateway without the simulation use a simulation's database, people with published "
        "passwords included.",
    )
    sim_captcha: str = Field(
        "", pattern="^[0-9A-Za-z]{0,8}$", description="What every captcha of the simulation shows; empty: a new text."
    )
    seed_bytes: int = Field(
        16_777_216,
        ge=1024,
        description="Largest seed that `PUT /sim/v1/seed` takes, in bytes: 20,000 people have 6 MB.",
    )
    seed: str = Field("", description="What to load at the start: `demo`, or a YAML or JSON file.")

    # -- logs
    log_level: str = Field("info", pattern="^(debug|info|warning|error)$", description="Least level that is logged.")
    log_format: str = Field("auto", pattern="^(auto|json|text)$", description="`auto` is text on a terminal.")

    @field_validator("cut_over_date", mode="before")
    @classmethod
    def _no_date(cls, value: object) -> object:
        return None if value in ("", "None") else value

    @field_validator("data_dir", mode="before")
    @classmethod
    def _not_here(cls, value: object) -> object:
        return user_data_path(_NAME) if value == "" else value  # and not whatever folder one happens to stand in

    @field_validator("data_dir")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().absolute()

    @field_validator("allowed_origins", mode="before")
    @classmethod
    def _split_origins(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("allowed_origins")
    @classmethod
    def _real_origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for origin in value:
            if not _is_origin(origin):
                raise ValueError(f"{origin} is not an origin like https://example.com; `*` is never allowed")
        return tuple(_origin(origin) for origin in value)

    @field_validator("public_url")
    @classmethod
    def _real_address(cls, value: str) -> str:
        if value and not _origin(value):
            raise ValueError(f"{value} is not an address like https://login.example.com")
        return value

    @classmethod
    def table(cls) -> list[tuple[str, str, str]]:
        """Rows of environment name, default as text, and help, in the order of this file."""
        return [
            (env_name(name), _shown(field.get_default(call_default_factory=True)), field.description or "")
            for name, field in cls.model_fields.items()
        ]


def _is_origin(text: str) -> bool:
    parts = text.split("/")
    return len(parts) in (3, 4) and not any(parts[3:]) and not set(text) & set("*?#\\ \t\r\n") and bool(_origin(text))


def _origin(url: str) -> str:
    """The origin of a URL; empty where it is none."""
    try:
        return origin_of(url)
    except QrRefused:
        return ""


def env_name(setting: str) -> str:
    """Environment variable of a setting."""
    return f"{ENV_PREFIX}{setting.upper()}"


def _shown(default: Any) -> str:
    if isinstance(default, SecretStr):
        return default.get_secret_value()
    if isinstance(default, Path):
        return HOME
    if default is None:
        return ""
    if isinstance(default, tuple):
        return ",".join(default)
    return str(default)
