"""pytest plugin: a real gateway for the whole run, reset for each test, and both sides to drive it.

Fixtures: ``pairing_gateway``, ``pairing_phone``, ``pairing_phones``, ``pairing_client``, ``pairing_clients``,
``pairing_clock``, ``pairing_sms``, ``pairing_faults``, ``pairing_journal``; ``scan_to_login.testing.short_names`` gives
them short names. With ``--pairing-url`` they are about a gateway of yours instead.
"""

from __future__ import annotations

import os
import time
from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from app_simulator.phone import Phone
    from client_stub.client import Client
    from scan_to_login.testing.control import ClockOfGateway, JournalOfGateway, SmsOutbox
    from scan_to_login.testing.control.faults import FaultsOfGateway
    from scan_to_login.testing.external_gateway import ExternalGateway
    from scan_to_login.testing.live import LiveGateway
    from scan_to_login.testing.makers import ClientMaker, PhoneMaker

_JOURNAL = pytest.StashKey["JournalOfGateway"]()
_WARM = pytest.StashKey[bool]()
_NEEDED = pytest.StashKey[bool]()
_REMEMBERED = "scan-to-login/commands-with-gateway"
_MOST_COMMANDS = 50
_LAST_LINES = 200


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options ``--pairing-…``."""
    group = parser.getgroup("scan-to-login")
    group.addoption(
        "--pairing-url",
        metavar="URL",
        default=os.environ.get("PAIRING_URL"),
        help="drive the gateway at this address instead of starting one (PAIRING_URL)",
    )
    group.addoption(
        "--pairing-sim-token",
        metavar="TOKEN",
        default=os.environ.get("PAIRING_SIM_TOKEN", ""),
        help="the token of its control plane, where it has one (PAIRING_SIM_TOKEN)",
    )
    group.addoption(
        "--pairing-seed",
        metavar="demo|FILE",
        default="demo",
        help="people and units: what a gateway is started with, and who they are at --pairing-url",
    )
    group.addoption(
        "--pairing-workers", type=int, default=1, metavar="N", help="worker processes of the gateway that is started"
    )


def pytest_configure(config: pytest.Config) -> None:
    """The marker. Where the last run of this command needed a gateway, what one needs is imported from now on."""
    config.addinivalue_line(
        "markers", "pairing_account(login_name): whose phone the fixture `pairing_phone` is; without it, `agent`'s"
    )
    if _command(config) in _commands_with_gateway(config):
        _warm_up(config)


def pytest_itemcollected(item: pytest.Item) -> None:
    """What a gateway needs is imported while pytest goes on collecting."""
    if "pairing_gateway_process" in getattr(item, "fixturenames", ()):
        item.config.stash[_NEEDED] = True
        _warm_up(item.config)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Remember, in pytest's cache, whether this command needed a gateway."""
    config = session.config
    cache = getattr(config, "cache", None)
    if cache is None or hasattr(config, "workerinput") or config.option.collectonly:
        return
    known, command = _commands_with_gateway(config), _command(config)
    needed = config.stash.get(_NEEDED, False)
    if needed != (command in known):
        others = [other for other in known if other != command]
        cache.set(_REMEMBERED, [*others, command][-_MOST_COMMANDS:] if needed else others)


def _command(config: pytest.Config) -> str:
    return " ".join(map(str, config.invocation_params.args))


def _commands_with_gateway(config: pytest.Config) -> list[str]:
    cache = getattr(config, "cache", None)
    return list(cache.get(_REMEMBERED, [])) if cache is not None else []


def _warm_up(config: pytest.Config) -> None:
    if config.option.pairing_url or config.option.collectonly or config.stash.get(_WARM, False):
        return
    config.stash[_WARM] = True
    from scan_to_login.testing import forkserver_client

    forkserver_client.warm_up()


@pytest.fixture(scope="session")
def pairing_gateway_process(request: pytest.FixtureRequest) -> Iterator[LiveGateway | ExternalGateway]:
    """The gateway's process, for all tests of this pytest process; under xdist each worker has its own.

    Raises GatewayFailed, or StartupError where nothing answers at ``--pairing-url``.
    """
    options = request.config.option
    if options.pairing_url:
        from scan_to_login.testing.external_gateway import ExternalGateway

        with ExternalGateway(options.pairing_url, options.pairing_seed, options.pairing_sim_token) as external:
            external.reach()
            yield external
        return
    from scan_to_login.testing.live import LiveGateway

    with LiveGateway(workers=options.pairing_workers, seed=options.pairing_seed) as started:
        yield started


@pytest.fixture
def pairing_gateway(
    request: pytest.FixtureRequest, pairing_gateway_process: LiveGateway | ExternalGateway
) -> LiveGateway | ExternalGateway:
    """A gateway with only its seed: ``.url``, ``.control``, ``.password_of(login_name)``."""
    pairing_gateway_process.reset()
    if pairing_gateway_process.has_control:
        pairing_gateway_process.control.journal.begin()
        request.node.stash[_JOURNAL] = pairing_gateway_process.control.journal
    return pairing_gateway_process


@pytest.fixture
def pairing_phones(pairing_gateway: LiveGateway | ExternalGateway) -> Iterator[PhoneMaker]:
    """Makes phones: ``pairing_phones("single")`` is one that is logged in, ``pairing_phones()`` one that is not."""
    from app_simulator.phone import Phone

    made: list[Phone] = []

    def make(login_name: str = "", password: str = "") -> Phone:
        # A one-time code is used once: where a person would wait for the next, the gateway's clock moves instead.
        sleep = pairing_gateway.control.clock.sleep if pairing_gateway.has_control else time.sleep
        phone = Phone(pairing_gateway.url, sleep=sleep, sim_token=pairing_gateway.control.token)
        made.append(phone)
        if login_name:
            phone.login(login_name, password or pairing_gateway.password_of(login_name))
        return phone

    yield make
    for phone in made:
        phone.close()


@pytest.fixture
def pairing_phone(request: pytest.FixtureRequest, pairing_phones: PhoneMaker) -> Phone:
    """A phone that is logged in as `agent`, or as the account that the marker ``pairing_account`` names."""
    marker = request.node.get_closest_marker("pairing_account")
    return pairing_phones(marker.args[0] if marker else "agent")


@pytest.fixture
def pairing_clients(pairing_gateway: LiveGateway | ExternalGateway) -> Iterator[ClientMaker]:
    """Makes desktop clients: ``pairing_clients(name="mine", transport="poll")``."""
    from client_stub.client import Client

    made: list[Client] = []

    def make(**options: Any) -> Client:
        client = Client(pairing_gateway.url, **{"sim_token": pairing_gateway.control.token, **options})
        made.append(client)
        return client

    yield make
    for client in made:
        client.close()


@pytest.fixture
def pairing_client(pairing_clients: ClientMaker) -> Client:
    """A desktop client without a ticket."""
    return pairing_clients()


@pytest.fixture
def pairing_clock(pairing_gateway: LiveGateway | ExternalGateway) -> ClockOfGateway:
    """The gateway's clock: ``pairing_clock.advance(minutes=120)``."""
    return _with_control(pairing_gateway).control.clock


@pytest.fixture
def pairing_sms(pairing_gateway: LiveGateway | ExternalGateway) -> SmsOutbox:
    """Messages to phones: ``pairing_sms.wait_for("13800000003").code``."""
    return _with_control(pairing_gateway).control.sms


@pytest.fixture
def pairing_faults(pairing_gateway: LiveGateway | ExternalGateway) -> FaultsOfGateway:
    """Faults: ``pairing_faults.push_drop(state="scanned", times=1)``."""
    return _with_control(pairing_gateway).control.faults


@pytest.fixture
def pairing_journal(pairing_gateway: LiveGateway | ExternalGateway) -> JournalOfGateway:
    """What has happened in this test: ``pairing_journal.entries(kind="push")``."""
    return _with_control(pairing_gateway).control.journal


def _with_control(gateway: LiveGateway | ExternalGateway) -> LiveGateway | ExternalGateway:
    if not gateway.has_control:
        pytest.skip(f"{gateway.url} has no control plane /sim/v1 that answers here")
    return gateway


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add a sequence diagram of the messages to the report of a failed test."""
    report = yield
    journal = item.stash.get(_JOURNAL, None)
    if report.failed and call.when != "teardown" and journal is not None:
        try:
            lines = journal.mermaid().splitlines()
        except Exception as error:  # noqa: BLE001 - the test's own failure is what is to be read
            lines = [f"The gateway's journal could not be read: {error}"]
        if len(lines) > _LAST_LINES:
            lines = [*lines[:7], f"  Note over gateway: {len(lines) - _LAST_LINES} before", *lines[-_LAST_LINES:]]
        report.sections.append(("what happened (Mermaid sequence diagram)", "\n".join(lines)))
    return report
