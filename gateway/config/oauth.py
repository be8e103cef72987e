"""OAuth 2.0 and OpenID Connect."""

from pydantic import Field

from gateway.config.group import Group, Span


class OAuthSettings(Group):
    """Lifetimes of what registered clients get."""

    oauth_refresh_seconds: Span = Field(
        30 * 86_400, ge=1, description="How long an OAuth client may refresh its tokens without being used."
    )
    oauth_id_token_seconds: Span = Field(600, ge=1, description="Lifetime of an id_token.")
    oauth_code_seconds: Span = Field(60, ge=1, description="Lifetime of an authorization code.")
    oauth_device_interval_seconds: Span = Field(
        0, description="Shortest time between polls of a device flow; 0 is 5 s, and 1 s with the simulation on."
    )
