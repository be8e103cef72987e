"""What the gateway keeps, where, and for how long."""

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, SecretStr, field_validator
from pydantic_core import PydanticCustomError

from gateway.config.group import Beat, Group
from scan_to_login.user_folders import data_folder

MOST_REPLICAS = 8


def _replicas(value: Any) -> Any:
    if value == "all" or (str(value).isdecimal() and int(value) <= MOST_REPLICAS):
        return value
    raise PydanticCustomError("replicas", "must be a number from 0 to {most}, or all", {"most": MOST_REPLICAS})


class StorageSettings(Group):
    """Data directory, Redis, database, server keys, and what is forgotten when."""

    data_dir: Path = Field(
        default_factory=data_folder,
        description="Folder of the database, the private Redis and the server key.",
    )
    redis_url: SecretStr = Field(
        SecretStr(""),
        description="Redis to use (also read from `REDIS_URL`); empty starts a private one. One server: `redis://`, "
        "`rediss://` (TLS), `unix://`; Redis Cluster: `redis+cluster://host:port[,host:port…]`; Sentinel: "
        "`redis+sentinel://[:password@]host:port[,host:port…]/service[/db]`.",
    )
    redis_prefix: str = Field(
        "{pairing}:",
        description="Prefix of every key and channel. Its hash tag keeps all keys in one slot of a cluster.",
    )
    redis_connections: int = Field(64, ge=2, le=1024, description="Maximum connections of one worker to Redis.")
    redis_timeout_seconds: float = Field(
        2.0, gt=0, le=60, description="Longest wait for an answer from Redis; then the caller gets 503."
    )
    redis_replicas_acknowledge: Annotated[int | Literal["all"], BeforeValidator(_replicas)] = Field(
        1,
        description="Replicas that must have a change before the gateway answers (`WAIT`), so that a failover loses no "
        "acknowledged change. Only for Cluster and Sentinel, where 1 is right. `all`: every replica that is not "
        "reported as down, for replicas of different priority.",
    )
    database_url: SecretStr = Field(
        SecretStr(""),
        description="SQLAlchemy URL, such as `postgresql+psycopg://user:password@host/database`; empty means SQLite in "
        "the data directory.",
    )
    server_key: SecretStr = Field(
        SecretStr(""),
        description="Key from which the gateway derives one-time-code secrets and tokens. By default the gateway makes "
        "one in the data directory. Machines that share a Redis need the same key.",
    )
    server_key_previous: SecretStr = Field(
        SecretStr(""),
        description="Previous keys, newest first, separated by commas; `@` begins the path of a key file. The gateway "
        "still accepts one-time codes of enrolled phones, registration codes and repeated claims made with them.",
    )
    audit_days: int = Field(180, ge=1, le=36_525, description="How long the audit log is kept.")
    ended_days: int = Field(
        180,
        ge=1,
        le=36_525,
        description="Days that the database keeps ended devices, authorizations and registration codes.",
    )
    prune_seconds: Beat = Field(300.0, ge=0.1, description="Time between two deletions of expired rows.")

    @field_validator("data_dir", mode="before")
    @classmethod
    def _not_here(cls, value: object) -> object:
        return data_folder() if value == "" else value  # an empty path would be the current folder

    @field_validator("data_dir")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().absolute()
