"""A Python web site with social-auth-core, as behind social-auth-app-django: its generic OpenID Connect backend."""

from typing import Any

from social_core.backends.open_id_connect import OpenIdConnectAuth
from social_core.storage import BaseStorage
from social_core.strategy import BaseStrategy

SETTINGS: dict[str, Any] = {
    "SOCIAL_AUTH_OIDC_OIDC_ENDPOINT": "",  # {gateway}/oauth
    "SOCIAL_AUTH_OIDC_KEY": "web",
    "SOCIAL_AUTH_OIDC_SECRET": "demo-secret",
    "SOCIAL_AUTH_OIDC_IGNORE_DEFAULT_SCOPE": True,  # it would ask for `email`, which nobody here has
    "SOCIAL_AUTH_OIDC_SCOPE": ["openid", "profile"],
}


class Associations:
    """Nonces that were sent and have not come back; a site's database table."""

    def __init__(self) -> None:
        self.kept: dict[str, Any] = {}

    def store(self, _server_url: str, association: Any) -> None:
        """Keep one."""
        association.id = association.handle
        self.kept[association.handle] = association

    def get(self, server_url: str = "", handle: str = "") -> list[Any]:  # noqa: ARG002 - the storage's signature
        """The one of this handle."""
        return [self.kept[handle]] if handle in self.kept else []

    def remove(self, handles: list[str]) -> None:
        """Forget some."""
        for handle in handles:
            self.kept.pop(handle, None)


class Storage(BaseStorage):
    """What the site keeps."""

    association = Associations()


class Strategy(BaseStrategy):
    """What the site's framework does otherwise: settings, the session, the request."""

    def __init__(self, settings: dict[str, Any]) -> None:
        super().__init__(Storage())
        self.settings = settings
        self.session: dict[str, Any] = {}
        self.data: dict[str, str] = {}

    def get_setting(self, name: str) -> Any:
        """A setting; KeyError for one that is not set."""
        return self.settings[name]

    def request_data(self, merge: bool = True) -> dict[str, str]:  # noqa: ARG002 - the strategy's signature
        """What the browser has brought."""
        return self.data

    def session_get(self, name: str, default: Any = None) -> Any:
        """From the browser's session."""
        return self.session.get(name, default)

    def session_set(self, name: str, value: Any) -> None:
        """Into the browser's session."""
        self.session[name] = value

    def session_pop(self, name: str) -> Any:
        """Out of the browser's session."""
        return self.session.pop(name, None)

    def authenticate(self, backend: OpenIdConnectAuth, *_: Any, **found: Any) -> dict[str, Any]:  # noqa: ARG002
        """The person; a site's framework finds or makes its user here."""
        person: dict[str, Any] = found["response"]
        return person

    def build_absolute_uri(self, path: str | None = None) -> str:
        """The site's own addresses are absolute here."""
        return path or ""


def backend(gateway: str, redirect_uri: str) -> OpenIdConnectAuth:
    """The backend; `auth_url()` is where the browser goes."""
    strategy = Strategy({**SETTINGS, "SOCIAL_AUTH_OIDC_OIDC_ENDPOINT": f"{gateway}/oauth"})
    return OpenIdConnectAuth(strategy, redirect_uri=redirect_uri)


def finish(site: OpenIdConnectAuth, brought: dict[str, str]) -> dict[str, Any]:
    """The person, from what the browser has brought back; id_token, nonce and state are checked by the backend."""
    site.strategy.data = site.data = brought
    told: dict[str, Any] = site.auth_complete()
    return told
