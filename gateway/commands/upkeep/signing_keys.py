"""`gateway rotate-keys`: new keys for the tokens of OAuth."""

from __future__ import annotations

from gateway.commands.upkeep.stores import existing_database
from gateway.config import Settings
from gateway.foundation.clock import Clock
from gateway.foundation.offload import here
from gateway.oauth.signing_keys import SigningKeys


def rotate(settings: Settings) -> list[str]:
    """Sign with new keys from now on; their ids. Workers that run know of it within a second. Raises StartupError."""
    with existing_database(settings) as (database, server_key):
        keys = SigningKeys(database, Clock(), server_key, here)
        before = {key["kid"] for key in keys.public()}
        keys.rotate()
        return [key["kid"] for key in keys.public() if key["kid"] not in before]
