"""The issuer: the gateway's address under which a client knows it (OpenID Connect Discovery section 3)."""

from __future__ import annotations

from typing import Final

from gateway.http.origins.public_address import PublicAddress

OAUTH_PATH: Final = "/oauth"


class Issuer:
    """Follows the rule of every other address that the gateway tells (:class:`PublicAddress`)."""

    def __init__(self, public: PublicAddress) -> None:
        self._public = public

    def told_to(self, asked: str) -> str:
        """The issuer for a caller that has called the address ``asked`` (``scheme://host``)."""
        return self._public.told_to(asked) + OAUTH_PATH

    def is_own(self, issuer: object) -> bool:
        """Whether some caller is told this issuer: the fixed one alone, or that of any address that fits the rule."""
        if not isinstance(issuer, str) or not issuer.endswith(OAUTH_PATH):
            return False
        return self.told_to(audience_of(issuer)) == issuer


def audience_of(issuer: str) -> str:
    """The gateway's API as a resource: the issuer's address (RFC 9068 section 3)."""
    return issuer.removesuffix(OAUTH_PATH)
