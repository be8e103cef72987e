"""The other side of a login by plain REST: where a browser test looks at one side only."""

from __future__ import annotations

import json
from typing import Any

import requests
from playwright.sync_api import Page

from app_simulator.one_time_code import code_of, step_at
from tests.e2e.pages.actors import PASSWORD

TIMEOUT = 10


class ScriptedPhone:
    """A phone that is logged in as one of the demo people."""

    def __init__(self, url: str, identifier: str) -> None:
        self.url = f"{url}/api/v1"
        device = {"name": "scripted", "model": "scripted"}
        body = {"identifier": identifier, "password": PASSWORD, "device": device}
        answer = requests.post(f"{self.url}/app/sessions", json=body, timeout=TIMEOUT)
        answer.raise_for_status()
        self.token, self.secret = answer.json()["access_token"], answer.json()["otp_secret"]
        self.url_of_health = f"{url}/healthz"

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Call the gateway as this phone."""
        headers = {"Authorization": f"Bearer {self.token}"}
        answer = requests.post(self.url + path, json=body, headers=headers, timeout=TIMEOUT)
        answer.raise_for_status()
        return dict(answer.json()) if answer.content else {}

    def scan(self, client: Page, name: str = "client") -> str:
        """Scan the ticket that a client's page has kept for its reload; its id."""
        ticket = json.loads(client.evaluate(f"sessionStorage.getItem('pairing.{name}.ticket')"))
        self.post(f"/tickets/{ticket['ticket_id']}/scan", {})
        return str(ticket["ticket_id"])

    def confirm(self, ticket_id: str) -> None:
        """Confirm with the present one-time code of the gateway's clock."""
        now = int(requests.get(self.url_of_health, timeout=TIMEOUT).headers["X-Gateway-Time"])
        self.post(f"/tickets/{ticket_id}/confirm", {"otp": code_of(self.secret, step_at(now))})


class ScriptedClient:
    """A client that has asked for a ticket: ``qr`` is the address in its code."""

    def __init__(self, url: str) -> None:
        client = {"name": "扣缴客户端", "version": "3.1.0", "device": "Windows · Edge"}
        answer = requests.post(f"{url}/api/v1/tickets", json={"client": client}, timeout=TIMEOUT)
        answer.raise_for_status()
        self.ticket = answer.json()
        self.qr = str(self.ticket["qr"])
        self.url = url
        self.headers = {"Authorization": f"Ticket {self.ticket['claim_secret']}"}

    def cancel(self) -> None:
        """End the ticket, as a client that is closed does."""
        path = f"{self.url}/api/v1/tickets/{self.ticket['ticket_id']}"
        requests.delete(path, headers=self.headers, timeout=TIMEOUT).raise_for_status()
