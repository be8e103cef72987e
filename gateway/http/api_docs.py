"""`/docs`: the OpenAPI documents in Swagger UI, from its own package."""

from __future__ import annotations

from importlib import resources

from flask import Blueprint, Response

from gateway.foundation.errors import Refusal
from scan_to_login.protocol import Code

# The hash of the one style attribute that Swagger UI writes as text.
_POLICY = (
    "default-src 'none'; script-src 'self'; "
    "style-src 'self' 'unsafe-hashes' 'sha256-RL3ie0nH+Lzz2YNqQN83mnU0J1ot4QL7b99vMdIX99w='; img-src 'self' data:; "
    "connect-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_SWAGGER = {
    "swagger-ui.css": ("css", "text/css; charset=utf-8"),
    "swagger-ui-bundle.js": ("js", "text/javascript; charset=utf-8"),
    "swagger-ui-standalone-preset.js": ("js", "text/javascript; charset=utf-8"),
}
_OWN = {"start.js": "text/javascript; charset=utf-8", "docs.css": "text/css; charset=utf-8"}


def docs_blueprint(*, simulation: bool) -> Blueprint:
    """The page and its files; ``simulation`` adds the control plane's document."""
    room = Blueprint("docs", __name__)
    own = resources.files("gateway.http").joinpath("docs")
    swagger = resources.files("flask_openapi_swagger").joinpath("templates", "swagger")

    def page() -> Response:
        html = own.joinpath("index.html").read_text("utf-8").replace("SIMULATION", "yes" if simulation else "no")
        return Response(html, headers={"Content-Security-Policy": _POLICY}, content_type="text/html; charset=utf-8")

    def file(name: str) -> Response:
        if name in _OWN:
            return _cached(own.joinpath(name).read_bytes(), _OWN[name])
        if name in _SWAGGER:
            folder, content_type = _SWAGGER[name]
            return _cached(swagger.joinpath(folder, name).read_bytes(), content_type)
        raise Refusal(Code.NOT_FOUND)

    room.add_url_rule("/docs", "page", page)
    room.add_url_rule("/docs/<name>", "file", file)
    return room


def _cached(content: bytes, content_type: str) -> Response:
    return Response(content, headers={"Cache-Control": "public, max-age=3600"}, content_type=content_type)
