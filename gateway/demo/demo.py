"""``gateway demo``: starts the whole system, plays through one login, then lets you try.

This is the only place that knows all three programs. The gateway runs as a separate process, like `gateway serve`.
Client and phone talk to it over the network, like any others.
"""

from __future__ import annotations

import re
import signal
import threading
import time
import webbrowser
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.table import Table

from app_simulator.errors import PhoneError
from app_simulator.phone import Phone
from app_simulator.qr_reader import read_image
from client_stub.client import Client
from client_stub.errors import ClientError
from client_stub.model import Update
from client_stub.terminal.qr_file import write_qr
from gateway.demo.lan import LanAddress, lan_address
from gateway.demo.texts import TEXTS
from gateway.foundation.temporary_folders import TemporaryFolder
from scan_to_login.errors import StartupError
from scan_to_login.messages import Language, Program, problem_sentence
from scan_to_login.protocol import Stage, TicketState
from scan_to_login.seed import load_seed
from scan_to_login.terminal.qr import qr_or_sentence, room_for
from scan_to_login.terminal.spans import exported
from scan_to_login.testing.live import GatewayFailed, LiveGateway

PERSON = "agent"
UNIT = "A"


@dataclass(slots=True)
class _Told:
    """The moment at which the client learned each state, by the performance counter."""

    at: dict[TicketState, float] = field(default_factory=dict)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def hear(self, signal_: object) -> None:
        if isinstance(signal_, Update):
            with self.changed:
                self.at.setdefault(signal_.state, time.perf_counter())
                self.changed.notify_all()

    def milliseconds_since(self, sent: float, state: TicketState) -> float:
        """Milliseconds from ``sent`` until the client learned ``state``."""
        with self.changed:
            if not self.changed.wait_for(lambda: state in self.at, timeout=5):
                raise StartupError("demo.untold", state=state)
            return (self.at[state] - sent) * 1000


class Demo:
    """Starts everything, shows it, plays through a login, and keeps running."""

    def __init__(self, console: Console, language: Language, *, port: int, lan: bool) -> None:
        self._console = console
        self._language = language
        self._texts = TEXTS[language]
        self._port = port
        self._lan = lan

    def run(self, *, once: bool, browser: bool) -> int:
        """Run the demo to its end; returns the exit code. ``once`` ends it after the login."""
        with TemporaryFolder("demo-") as scratch:
            address = lan_address(scratch.path, self._port) if self._lan else None
            environment = {"PAIRING_LANG": self._language, **(address.environment if address else {})}
            gateway = LiveGateway(port=self._port, environment=environment)
            try:
                with self._console.status(self._texts["starting"]):
                    gateway.start()
                self._show_what_runs(gateway, address)
                with exported("scan-to-login-demo"):
                    self._play(gateway, scratch.path, verify=str(address.certificate) if address else True)
                if once:
                    return 0
                stopped = _stop_signals()
                self._show_what_to_try(gateway, address)
                if browser:
                    webbrowser.open(gateway.url)
                while not stopped.is_set:
                    time.sleep(0.1)
                    if gateway.ended and not stopped.is_set:
                        raise StartupError("demo.ended")
                self._console.print(f"\n{self._texts['stopping']}")
            except GatewayFailed as error:
                last = str(error).strip().splitlines()[-1]  # before it there may be warnings
                raise StartupError("demo.gateway", reason=re.sub("^(Error: |错误：)", "", last)) from None
            except (ClientError, PhoneError) as error:
                program: Program = "client" if isinstance(error, ClientError) else "phone"
                said = problem_sentence(
                    error.code, self._language, error.extra, program=program, values={}, otherwise=error.detail
                )
                raise StartupError("demo.failed", reason=said) from None
            finally:
                gateway.stop()
        return 0

    def _show_what_runs(self, gateway: LiveGateway, address: LanAddress | None) -> None:
        texts, ready = self._texts, gateway.ready
        table = Table.grid(padding=(0, 2))
        table.add_row(texts["gateway"], f"[link={gateway.url}]{gateway.url}[/link]", f"pid {ready['pid']}")
        table.add_row("Redis", texts["private_redis"], f"pid {ready['redis']['pid']}")
        table.add_row(texts["database"], texts["scratch_database"], "")
        for path, name in (("/", "stage"), ("/client/", "client_page"), ("/app/", "app_page"), ("/docs", "docs")):
            table.add_row(texts[name], f"{gateway.url}{path}", "")
        self._console.rule(f"[bold]{texts['title']}")
        self._console.print(Padding(table, (0, 2)))
        if address is not None:
            self._console.print(Padding(texts["lan"].format(url=address.public_url), (1, 2, 0, 2)))
            self._console.print(Padding(f"[yellow]{texts['open']}", (0, 2)))
            picture = qr_or_sentence(f"{address.public_url}/app/", self._console, self._language)
            self._console.print(Padding(picture, (0, 2)))

    def _play(self, gateway: LiveGateway, scratch: Path, *, verify: bool | str) -> None:
        console, texts, seed = self._console, self._texts, load_seed("demo")
        unit = next(known for known in seed.units if known.alias == UNIT)
        account = next(known for known in seed.accounts if known.login_name == PERSON)
        console.rule(f"[bold]{texts['played']}")
        began = time.perf_counter()

        def step(actor: str, what: str, **values: Any) -> None:
            seconds = time.perf_counter() - began
            said = texts[what].format(**values)
            console.print(f"  [dim]{seconds:6.3f} s[/dim]  [bold]{texts[actor]}[/bold]  {said}", soft_wrap=True)

        told = _Told()
        with Client(gateway.url, verify=verify) as client, Phone(gateway.url, verify=verify) as phone:
            client.subscribe(told.hear)
            ticket = client.request_ticket()
            picture = scratch / "qr.png"
            write_qr(ticket.qr, picture)
            step("client", "asked", ticket=ticket.ticket_id, seconds=ticket.expires_in)
            indent = min(11, max(0, console.width - room_for(ticket.qr)[0]))
            console.print(Padding(qr_or_sentence(ticket.qr, console, self._language), (0, 0, 0, indent)))
            phone.login(PERSON, account.password, device_name="Demo phone")
            step("phone", "logged_in", name=account.name, login_name=PERSON)
            text = read_image(picture)
            step("phone", "read", text=text)
            sent = time.perf_counter()
            page = phone.scan(text)
            step("phone", "scanned", client=page.client_name, device=page.client_device, address=page.address)
            state = client.wait_for(TicketState.SCANNED, 5)
            step(
                "client",
                "told_scanned",
                milliseconds=told.milliseconds_since(sent, TicketState.SCANNED),
                who=state.scanned_by.display_name if state.scanned_by else "",
                number=state.number,
            )
            sent = time.perf_counter()
            phone.confirm(page, number=state.number)
            step("phone", "confirmed", number=page.number)
            client.wait_for(TicketState.CONFIRMED, 5)
            step("client", "told_confirmed", milliseconds=told.milliseconds_since(sent, TicketState.CONFIRMED))
            login = client.claim()
            step("client", "claimed", who=login.account.display_name, count=len(login.units))
            session = client.verify_unit(UNIT, unit.declaration_password)
            if session.stage is not Stage.UNIT_VERIFIED or session.unit is None:
                raise StartupError("demo.stage", stage=session.stage, expected=Stage.UNIT_VERIFIED)
            step("client", "verified", unit=session.unit.name, stage=session.stage.value)

    def _show_what_to_try(self, gateway: LiveGateway, address: LanAddress | None) -> None:
        texts = self._texts
        trust = f"REQUESTS_CA_BUNDLE={address.certificate} " if address else ""
        self._console.rule(f"[bold]{texts['try']}")
        for comment, command in (
            ("try_client", f"{trust}client-stub login --gateway {gateway.url} --qr-file q.png"),
            (
                "try_login",
                f"{trust}app-simulator login --gateway {gateway.url} --identifier {PERSON} --password Demo-2019",
            ),
            ("try_scan", f"{trust}app-simulator scan q.png --confirm"),
        ):
            self._console.print(f"  [dim]# {texts[comment]}[/dim]")
            self._console.print(f"  {command}", soft_wrap=True, highlight=False)
        self._console.print(f"\n  {texts['people']}\n\n  [bold]{texts['stop']}[/bold]")


class _Stopped:
    """A flag for a signal handler: setting it never waits."""

    def __init__(self) -> None:
        self.is_set = False

    def stop(self, *_: object) -> None:
        """The signal handler."""
        self.is_set = True


def _stop_signals() -> _Stopped:
    """The flag that ^C and SIGTERM set."""
    stopped = _Stopped()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stopped.stop)
    return stopped
