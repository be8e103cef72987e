"""Apache with mod_auth_openidc, as Debian has them, keeps a folder behind the phone's scan."""

from __future__ import annotations

import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from scan_to_login.testing.live import LiveGateway
from tests.integration.oauth.conftest import Browse, Person
from tests.integration.oauth.programs import EXAMPLES

APACHE = shutil.which("apache2", path="/usr/sbin:/usr/bin")
MODULES = Path("/usr/lib/apache2/modules")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        APACHE is None or not (MODULES / "mod_auth_openidc.so").is_file(),
        reason="Apache with mod_auth_openidc is missing: apt-get install apache2 libapache2-mod-auth-openidc",
    ),
]
BASE = """ServerName 127.0.0.1
Listen 127.0.0.1:{port}
ServerRoot {root}
DocumentRoot {root}/site
PidFile {root}/apache.pid
ErrorLog {root}/error.log
User #{user}
Group #{group}
"""
PAGE = "only for people with a phone"
LOADED = ("mpm_event", "authn_core", "authz_core", "authz_user", "dir", "mime")


@pytest.fixture
def site(gateway: LiveGateway) -> Iterator[str]:
    """An Apache on a free port of loopback, with the example's configuration."""
    assert APACHE is not None
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    # Apache's own user reads it: not below pytest's folder, which is its owner's alone.
    tmp_path = Path(tempfile.mkdtemp(prefix="apache-"))
    tmp_path.chmod(0o755)
    (tmp_path / "site" / "private").mkdir(parents=True)
    (tmp_path / "site" / "private" / "page.txt").write_text(PAGE)
    nobody = 65534
    example = (EXAMPLES / "mod_auth_openidc.conf").read_text("utf-8")
    lines = [f"LoadModule {name}_module {MODULES}/mod_{name}.so" for name in LOADED]
    types = "TypesConfig /etc/mime.types\n"
    text = BASE.format(port=port, root=tmp_path, user=nobody, group=nobody) + "\n".join(lines) + f"\n{types}"
    (tmp_path / "apache.conf").write_text(text + example.replace("GATEWAY", gateway.url).replace("SITE", url))
    registered = {
        "client_id": "apache",
        "secret": "demo-secret",
        "redirect_uris": [f"{url}/private/callback"],
        "backchannel_logout_uri": "",
    }
    gateway.control.call("POST", "/oauth/clients", body=registered)
    process = subprocess.Popen([APACHE, "-f", str(tmp_path / "apache.conf"), "-DFOREGROUND"])
    deadline = time.monotonic() + 30
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            break
        except OSError:
            assert process.poll() is None, (tmp_path / "error.log").read_text()
            assert time.monotonic() < deadline
            time.sleep(0.05)
    yield url
    process.terminate()
    process.wait(20)
    shutil.rmtree(tmp_path)


def visit(site: str, browse: Browse) -> str:
    """What a new visitor sees in the end."""
    with requests.Session() as visitor:
        visitor.trust_env = False
        away = visitor.get(f"{site}/private/page.txt", timeout=20, allow_redirects=False)
        assert away.status_code == 302
        return visitor.get(browse(away.headers["Location"]), timeout=20).text


def test_it_lets_in_somebody_who_confirms(site: str, person: Person) -> None:
    """The page comes after the login; the answer is no use to another browser."""
    assert visit(site, person.confirm) == PAGE
    assert visit(site, person.replay) != PAGE


def test_a_rejection_lets_nobody_in(site: str, person: Person) -> None:
    """The site shows an error page."""
    assert PAGE not in visit(site, person.reject)


def test_an_expired_code_lets_nobody_in(site: str, person: Person) -> None:
    """The site hears so from the token endpoint."""
    assert PAGE not in visit(site, person.dawdle)
