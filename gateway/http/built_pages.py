"""The built pages as they are sent: with their configuration, packed, and with a policy for what stands in them.

A page has its script and its styles in its HTML, so that one answer draws it (docs/performance.md). Its
``Content-Security-Policy`` allows these by their hashes, and no others.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import html
import json
import re
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any, Final

BUILT: Final = Path(str(resources.files("gateway.http"))) / "pages_dist"
CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; manifest-src 'self'; "
    "img-src 'self' data: blob:; "  # captchas come as data, a chosen picture is a blob
    "media-src 'self' blob:; "  # the camera
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
CONFIG_TAG: Final = '<meta name="pairing-config" content="" />'
_CONTENTS: Final = {
    "script-src": re.compile(r'<script type="module">(.*?)</script>', re.DOTALL),
    "style-src": re.compile(r"<style>(.*?)</style>", re.DOTALL),
}

NOT_BUILT: Final = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Pages not built</title></head><body>
<h1>页面还没有构建 · The pages are not built yet</h1>
<p>网关在运行，接口可用。<br>The gateway runs and its API works.</p>
<p>构建页面 · To build the pages: <code>pip install -e .</code> (or <code>npm run build</code> in <code>web/</code>)</p>
</body></html>
"""


@dataclass(frozen=True, slots=True)
class BuiltPage:
    """One page with one configuration."""

    plain: bytes
    packed: bytes
    """The same by gzip."""
    policy: str
    """Its ``Content-Security-Policy``."""


def page_text(page: str, config: dict[str, Any]) -> str:
    """A page's HTML with its configuration; what to do where the pages are not built."""
    file = BUILT / page / "index.html"
    return _configured(file, config) if file.is_file() else NOT_BUILT


def built_page(file: Path, config: dict[str, Any]) -> BuiltPage:
    """The page of ``file`` with its configuration; OSError where the pages are not built."""
    return _made(file, file.stat().st_mtime_ns, json.dumps(config))


# A configuration holds the address that the browser has used: a few are kept, not as many as somebody invents.
@lru_cache(maxsize=16)
def _made(file: Path, _changed: int, config: str) -> BuiltPage:
    text = _configured(file, json.loads(config))
    policy = CONTENT_SECURITY_POLICY
    for directive, contents in _CONTENTS.items():
        hashes = "".join(f" 'sha256-{_hash(content)}'" for content in contents.findall(text))
        policy = policy.replace(f"{directive} 'self'", f"{directive} 'self'{hashes}")
    plain = text.encode()
    return BuiltPage(plain, gzip.compress(plain, mtime=0), policy)


def _configured(file: Path, config: dict[str, Any]) -> str:
    told = html.escape(json.dumps(config))
    return file.read_text(encoding="utf-8").replace(CONFIG_TAG, f'<meta name="pairing-config" content="{told}" />')


def _hash(content: str) -> str:
    return base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
