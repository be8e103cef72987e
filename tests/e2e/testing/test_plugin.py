"""The plugin as other projects meet it: installed, in their own pytest run, with and without xdist."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

from scan_to_login.testing import LiveGateway
from tests.integration.forwarder import Forwarder

pytestmark = pytest.mark.slow

pytest_plugins = ["pytester"]

TOKEN = "of-the-container"
SHORT_NAMES = 'pytest_plugins = ["scan_to_login.testing.short_names"]\n'

LOGIN = """
from scan_to_login.testing import scan_to_login

def test_login(pairing_phone, pairing_client):
    assert scan_to_login(pairing_phone, pairing_client, "A", "Unit-2019").stage == "unit_verified"
"""


@pytest.fixture(autouse=True)
def _quiet_inner_runs(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    # The inner run is a project of its own: neither this repository's options nor its other plugins are its.
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    pytester.makeini("[pytest]\naddopts = -p no:valkey -p no:cacheprovider -p no:schemathesis -p no:hypothesispytest\n")


def test_fixtures_are_there_without_any_set_up(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(LOGIN)
    pytester.runpytest_subprocess().assert_outcomes(passed=1)


def test_a_failing_test_shows_the_sequence_diagram(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        def test_rejected(pairing_phone, pairing_client):
            pairing_phone.reject(pairing_phone.scan(pairing_client.request_ticket().qr))
            pairing_client.wait_for("confirmed")
        """
    )
    result = pytester.runpytest_subprocess()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "*what happened (Mermaid sequence diagram)*",
            "sequenceDiagram",
            "*phone->>gateway: POST /tickets/{ticket_id}/scan",
            "*gateway->>redis: ticket.reject*rejected (v3)",
        ]
    )


def test_no_gateway_starts_without_a_test_that_needs_one(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import sys

        def test_nothing():
            packages = ("scan_to_login", "app_simulator", "client_stub", "gateway")
            ours = {name for name in sys.modules if name.partition(".")[0] in packages}
            assert ours == {"scan_to_login", "scan_to_login.testing", "scan_to_login.testing.plugin"}
            assert not [name for name in sys.modules if name.partition(".")[0] in ("redis", "eventlet", "flask")]
        """
    )
    pytester.runpytest_subprocess().assert_outcomes(passed=1)


def test_a_gateway_that_the_last_run_needed_starts_at_once(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\naddopts = -p no:valkey -p no:schemathesis -p no:hypothesispytest\n")
    pytester.makeconftest(
        """
        from scan_to_login.testing import forkserver_client

        def pytest_collection(session):
            print("begun" if forkserver_client.FORKSERVER.begun else "not begun")
        """
    )
    told = []
    for needs in ("pairing_client", "pairing_client", "", ""):
        pytester.makepyfile(f"def test_it({needs}): pass")
        result = pytester.run(sys.executable, "-m", "pytest", "-s")  # the same command each time
        result.assert_outcomes(passed=1)
        told += [line for line in result.outlines if line.endswith("begun")]
    assert told == ["not begun", "begun", "begun", "not begun"]


def test_each_test_finds_the_gateway_as_it_was_at_the_start(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(SHORT_NAMES)
    pytester.makepyfile(
        """
        import pytest

        @pytest.mark.parametrize("turn", [1, 2])
        def test_turn(turn, clock, client, faults, sms_outbox, journal, pairing_gateway):
            assert pairing_gateway.control.call("GET", "/clock")["offset_ms"] == 0
            assert pairing_gateway.control.call("GET", "/faults")["faults"] == []
            assert journal.entries() == []
            clock.advance(days=1)
            faults.error(500)
            pairing_gateway.control.replace_seed({})
        """
    )
    pytester.runpytest_subprocess().assert_outcomes(passed=2)


def test_the_fixtures_drive_a_gateway_by_its_url(pytester: pytest.Pytester, gateway: LiveGateway) -> None:
    pytester.makepyfile(
        LOGIN
        + f"""
def test_whose_gateway(pairing_gateway):
    assert pairing_gateway.url == {gateway.url!r}
"""
    )
    pytester.runpytest_subprocess("--pairing-url", gateway.url).assert_outcomes(passed=2)


def test_the_fixtures_drive_a_gateway_behind_a_mapped_port_by_another_name_with_its_token(
    pytester: pytest.Pytester,
) -> None:
    """As in a container: a port that Docker has chosen leads to it, and its control plane has a token."""
    pytester.makepyfile(
        LOGIN
        + """
def test_what_is_told(pairing_gateway, pairing_client, pairing_clock):
    assert pairing_client.request_ticket().qr.startswith(f"{pairing_gateway.url}/q/")
    pairing_clock.advance(121)
    client = pairing_gateway.control.clients.make()
    pairing_gateway.control.phones.make(persona="approves").watch(client)
    assert client.wait_for("confirmed").state == "confirmed"
"""
    )
    with LiveGateway(environment={"PAIRING_SIM_TOKEN": TOKEN}) as gateway, Forwarder(gateway.url) as forwarder:
        options = ["--pairing-url", f"http://localhost:{forwarder.port}", "--pairing-sim-token", TOKEN]
        pytester.runpytest_subprocess(*options).assert_outcomes(passed=2)


def test_without_a_control_plane_what_needs_it_is_skipped_and_the_rest_runs(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(SHORT_NAMES)
    pytester.makepyfile(
        """
        from scan_to_login.testing import scan_to_login

        def test_login(pairing_gateway, phone, client):
            unit = pairing_gateway.unit("A")
            scan_to_login(phone, client, unit.taxpayer_id, unit.declaration_password)

        def test_needs_the_clock(clock):
            clock.advance(1)
        """
    )
    with LiveGateway(sim=False) as gateway:
        result = pytester.runpytest_subprocess("--pairing-url", gateway.url, "-rs")
    result.assert_outcomes(passed=1, skipped=1)
    result.stdout.fnmatch_lines(["*has no control plane*"])


def test_two_hundred_tests_run_twice_under_xdist_without_a_flake(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(SHORT_NAMES)
    pytester.makepyfile(
        """
        import pytest
        from scan_to_login.testing import scan_to_login

        @pytest.mark.parametrize("number", range(40))
        def test_login(phone, client, number):
            assert scan_to_login(phone, client, "A", "Unit-2019").stage == "unit_verified"

        @pytest.mark.parametrize("number", range(40))
        def test_expiry(client, clock, number):
            ticket = client.request_ticket()
            clock.advance(121)
            with pytest.raises(Exception, match="expired"):
                client.wait_for("scanned")

        @pytest.mark.parametrize("number", range(40))
        def test_rejection(phone, client, number):
            phone.reject(phone.scan(client.request_ticket().qr))
            with pytest.raises(Exception, match="rejected"):
                client.wait_for("confirmed")

        @pytest.mark.parametrize("number", range(40))
        def test_cut(phone, client, faults, number):
            faults.socket_cut(state="confirmed", times=1)
            phone.confirm(phone.scan(client.request_ticket().qr))
            client.wait_for("confirmed")

        @pytest.mark.parametrize("number", range(40))
        def test_poll(phones, clients, number):
            client = clients(transport="poll")
            phones("single").scan(client.request_ticket().qr)
            assert client.wait_for("scanned").scanned_by
        """
    )
    for _ in range(2):
        result = pytester.runpytest_subprocess("-n", "2", "-q", timeout=400)
        result.assert_outcomes(passed=200)


def test_the_plugin_is_registered_by_the_package() -> None:
    from importlib.metadata import entry_points

    assert [point.value for point in entry_points(group="pytest11", name="scan-to-login")] == [
        "scan_to_login.testing.plugin"
    ]


THEIR_PROJECT = """
import sys

import gateway
import pytest
from scan_to_login.testing import scan_to_login

def test_their_package_is_theirs(client):
    assert gateway.OWNER == "theirs"
    assert client == "their fixture"

def test_a_login_beside_it(pairing_phone, pairing_client, client):
    assert scan_to_login(pairing_phone, pairing_client, "A", "Unit-2019").stage == "unit_verified"
    assert client == "their fixture"
    assert sys.modules["gateway"].OWNER == "theirs"
    assert [name for name in sys.modules if name.startswith("gateway.")] == []
"""


@pytest.mark.parametrize("command", [["python", "-m", "pytest"], ["pytest"]], ids=" ".join)
def test_a_project_with_a_package_gateway_and_a_fixture_client_of_its_own(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    """Theirs stays theirs, also where PYTHONPATH names it; the server that is started is ours."""
    pytester.mkpydir("gateway").joinpath("__init__.py").write_text("OWNER = 'theirs'\n")
    pytester.path.joinpath("gateway/__main__.py").write_text("raise SystemExit('this is their program')\n")
    pytester.makeconftest("import pytest\n\n@pytest.fixture\ndef client():\n    return 'their fixture'\n")
    pytester.makepyfile(THEIR_PROJECT)
    monkeypatch.setenv("PYTHONPATH", str(pytester.path))
    programs = Path(sys.executable).parent
    pytester.run(programs / command[0], *command[1:]).assert_outcomes(passed=2)


@pytest.mark.parametrize("module", ["app_simulator", "client_stub"])
def test_the_actors_start_in_a_folder_with_a_package_gateway(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, module: str
) -> None:
    pytester.mkpydir("gateway").joinpath("__init__.py").write_text("raise ImportError('theirs')\n")
    monkeypatch.setenv("PYTHONPATH", str(pytester.path))
    process = subprocess.Popen(
        [sys.executable, "-m", module, "serve"], stdout=subprocess.PIPE, text=True, cwd=pytester.path
    )
    try:
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["url"]
    finally:
        process.terminate()
        process.communicate(timeout=30)


LOADED = """
import sys

def pytest_unconfigure():
    print("loaded:", *sys.modules)
"""


def test_an_unused_plugin_imports_nothing_but_itself(pytester: pytest.Pytester) -> None:
    """A whole run, with it and without: counted in modules, for time depends on the machine."""
    pytester.makeconftest(LOADED)
    pytester.makepyfile("def test_nothing(): pass")
    loaded = []
    for options in ((), ("-p", "no:scan-to-login")):
        result = pytester.run(sys.executable, "-m", "pytest", *options)
        result.assert_outcomes(passed=1)
        loaded.append(next(set(line.split()[1:]) for line in result.outlines if line.startswith("loaded:")))
    ours = {"scan_to_login", "scan_to_login.testing", "scan_to_login.testing.plugin"}
    assert loaded[0] - loaded[1] == ours


def test_the_plugin_defines_no_fixture_that_another_plugin_may_have(pytester: pytest.Pytester) -> None:
    """pytest-flask and pytest-django have a ``client``: ours begin with ``pairing_``."""
    code = "from scan_to_login.testing import plugin\n"
    code += "from _pytest.fixtures import FixtureFunctionDefinition as F\n"
    code += "print([name for name, value in vars(plugin).items() if isinstance(value, F)])\n"
    names = ast.literal_eval(pytester.run(sys.executable, "-c", code).outlines[0])
    assert {"pairing_client", "pairing_phone", "pairing_clock", "pairing_sms", "pairing_faults"} <= set(names)
    assert {"pairing_journal", "pairing_gateway"} <= set(names)
    assert [name for name in names if not name.startswith("pairing_")] == []
