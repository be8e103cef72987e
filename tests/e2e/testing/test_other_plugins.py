"""The plugin beside pytest-flask and pytest-django, installed in a virtual environment as their users install them."""

from __future__ import annotations

import os
import site
import subprocess
import venv
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

OURS = """
from scan_to_login.testing import scan_to_login

def test_a_login_beside_it(client, pairing_phone, pairing_client):
    assert client.get("/").status_code == 200
    assert scan_to_login(pairing_phone, pairing_client, "A", "Unit-2019").stage == "unit_verified"
"""
FLASK = {
    "conftest.py": """
import flask
import pytest

@pytest.fixture(scope="session")
def app():
    app = flask.Flask("theirs")
    app.add_url_rule("/", view_func=lambda: "their page")
    return app
""",
    "test_theirs.py": """
def test_the_client_is_theirs(client, live_server):
    assert client.get("/").data == b"their page"
    assert live_server.url().startswith("http://")
""",
}
DJANGO = {
    "pytest.ini": "[pytest]\nDJANGO_SETTINGS_MODULE = theirs\npythonpath = .\n",
    "theirs.py": """
from django.http import HttpResponse
from django.urls import path

SECRET_KEY = "of their tests"
ROOT_URLCONF = "theirs"
ALLOWED_HOSTS = ["testserver"]
urlpatterns = [path("", lambda request: HttpResponse("their page"))]
""",
    "test_theirs.py": """
import django.test

def test_the_client_is_theirs(client):
    assert isinstance(client, django.test.Client)
    assert client.get("/").content == b"their page"
""",
}


def environment(folder: Path, *packages: str) -> Path:
    """Python of a virtual environment that has ``packages`` beside all that this one has."""
    venv.create(folder, with_pip=False)
    python = folder / "bin" / "python"
    places = "\n".join(f"import site; site.addsitedir({place!r})" for place in site.getsitepackages())
    (next(folder.glob("lib/python*/site-packages")) / "outer.pth").write_text(places)
    command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *packages]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, f"pip could not install {packages}; is its registry within reach? {done.stderr}"
    return python


@pytest.mark.parametrize(("package", "project"), [("flask", FLASK), ("django", DJANGO)])
def test_their_fixture_client_stays_theirs(tmp_path: Path, package: str, project: dict[str, str]) -> None:
    python = environment(tmp_path / "environment", package, f"pytest-{package}")
    folder = tmp_path / "project"
    folder.mkdir()
    for name, text in {**project, "test_login.py": OURS}.items():
        (folder / name).write_text(text)
    # The tools of this repository's own tests are no part of that project.
    others = ["no:schemathesis", "no:hypothesispytest", "no:valkey", "no:cacheprovider", "no:xdist"]
    command = [str(python), "-m", "pytest", "-v", *(word for other in others for word in ("-p", other))]
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTEST_ADDOPTS", "PYTHONPATH")}
    done = subprocess.run(command, cwd=folder, env=kept, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{package}-" in done.stdout.partition("plugins:")[2].partition("\n")[0]
    assert "2 passed" in done.stdout
