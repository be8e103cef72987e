"""The route of the pages: ``web/``, as built into ``pages_dist`` by web/hatch_build.py, with their headers.

The blueprint sets its own ``Content-Security-Policy`` and ``Cache-Control``; a hook that sets headers on every
answer should use ``setdefault`` on them. Pages that need the control plane (stage, hall, inspector)
answer 404 without it, and ``/`` leads to ``/client/`` then.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from flask import Blueprint, Response, redirect, request
from werkzeug.exceptions import HTTPException

from gateway.foundation.errors import Refusal
from gateway.http.app import refused
from gateway.http.built_pages import BUILT, CONTENT_SECURITY_POLICY, NOT_BUILT, built_page
from gateway.http.origins.public_address import PublicAddress, asked_in
from scan_to_login.protocol import Code

HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".png": "image/png",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".json": "application/json",
}
HTML = "text/html; charset=utf-8"
ENCODINGS = (("br", ".br"), ("gzip", ".gz"))
_HASHED = re.compile(r"-[A-Za-z0-9_-]{8}\.[a-z]+\Z")
_ASSET = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*\Z")

# which page answers where; a page with a path below it draws that path itself
PAGES: dict[str, tuple[str, ...]] = {
    "client": ("/client/",),
    "phone": (
        "/app/",
        "/q/<_ticket_id>",
        "/download/app",
        "/device",
        "/reset/declaration-password/<_taxpayer_id>",
    ),
    "platform": ("/web/",),
    "stage": ("/",),
    "hall": ("/hall/",),
    "inspector": ("/inspector/",),
}
# The phone's QR reader for difficult pictures is WebAssembly, which a policy has to allow. It runs in a worker, whose
# script has a policy of its own.
WORKER = "reading-worker-"
WORKER_POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'"
SIMULATION_ONLY = frozenset({"stage", "hall", "inspector"})


class UnitLogin(Protocol):
    """What knows until when units log in by themselves (``gateway.units.cut_over``)."""

    @property
    def unit_login(self) -> bool:
        """Whether they still do."""


def pages_blueprint(
    *,
    public: PublicAddress | None = None,
    simulation: bool = False,
    cut_over: UnitLogin | None = None,
    phone_login: bool = False,
    remembers: bool = False,
    traces: bool = False,
    built: Path = BUILT,
) -> Blueprint:
    """The pages as a Flask blueprint.

    public: knows the address under which QR codes are made; without it, it is the one that the browser has used.
    simulation: whether the control plane is on, and with it stage, hall and inspector.
    cut_over: whether the client's page offers the login by declaration password alone; asked at each loading.
    remembers: whether the client's page offers to remember this computer.
    phone_login: whether the client's page offers to ask the phones of an account, without a QR.
    traces: whether the client's page says which trace a login belongs to.
    built: folder of the built files; without it every page says how to build them (503).
    """
    blueprint = Blueprint("pages", __name__)

    def drawn(page: str, status: int = 200) -> Response:
        unit_login = cut_over is not None and cut_over.unit_login
        public_url = public.told_to(asked_in(request.environ)) if public else ""
        config = {
            "public_url": public_url,
            "simulation": simulation,
            "unit_login": unit_login,
            "phone_login": phone_login,
            "remembers": remembers,
            "traces": traces,
        }
        try:
            made = built_page(built / page / "index.html", config)
        except OSError:
            return _answer(NOT_BUILT.encode(), HTML, "no-store", status=503)
        packed = request.accept_encodings.quality("gzip") > 0
        response = _answer(made.packed if packed else made.plain, HTML, "no-cache", status=status)
        if packed:
            response.headers["Content-Encoding"] = "gzip"
        response.headers["Vary"] = "Accept-Encoding"
        response.headers["Content-Security-Policy"] = made.policy
        return response

    def view(page: str) -> Callable[..., Response]:
        return lambda **_path: _unless_known(drawn(page))

    for page, paths in PAGES.items():
        if page in SIMULATION_ONLY and not simulation:
            continue
        for path in paths:
            blueprint.add_url_rule(path, endpoint=f"{page}:{path}", view_func=view(page), methods=["GET"])
    if not simulation:
        blueprint.add_url_rule("/", endpoint="start", view_func=lambda: redirect("/client/"), methods=["GET"])

    @blueprint.app_errorhandler(404)
    def unknown(_error: HTTPException) -> Response:
        """An address without anything: a page for a browser, a problem document for a program."""
        accepted = request.accept_mimetypes
        if request.method == "GET" and accepted["text/html"] > accepted["application/json"]:
            return drawn("unknown", status=404)
        return refused(Refusal(Code.NOT_FOUND))

    @blueprint.get("/app/worker.js")
    def worker() -> Response:
        """The service worker of the phone app: below its own folder, which is what it may answer for."""
        return asset("app-worker.js")

    @blueprint.get("/favicon.ico")
    def favicon() -> Response:
        return asset("icon.svg")

    @blueprint.get("/assets/<name>")
    def asset(name: str) -> Response:
        """A built file; one with a hash in its name never changes and is kept for a year."""
        file = built / "assets" / name
        media_type = TYPES.get(file.suffix)
        if not media_type or not _ASSET.match(name) or not file.is_file():
            return _answer(b"Not found.\n", "text/plain; charset=utf-8", "no-store", status=404)
        lasting = "public, max-age=31536000, immutable" if _HASHED.search(name) else "no-cache"
        accepted = request.accept_encodings
        for encoding, suffix in ENCODINGS:
            packed = file.with_name(file.name + suffix)
            if accepted.quality(encoding) > 0 and packed.is_file():
                response = _answer(packed.read_bytes(), media_type, lasting)
                response.headers["Content-Encoding"] = encoding
                break
        else:
            response = _answer(file.read_bytes(), media_type, lasting)
        response.headers["Vary"] = "Accept-Encoding"
        if name.startswith(WORKER):
            response.headers["Content-Security-Policy"] = WORKER_POLICY
        return _unless_known(response)

    return blueprint


def _answer(body: bytes, media_type: str, lasting: str, *, status: int = 200) -> Response:
    response = Response(body, status=status, content_type=media_type)
    response.headers.update(HEADERS)
    response.headers["Cache-Control"] = lasting
    return response


def _unless_known(response: Response) -> Response:
    """304 for a browser that has this very body already."""
    response.add_etag()
    response.make_conditional(request)
    return response
