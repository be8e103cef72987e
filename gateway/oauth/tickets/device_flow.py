"""The device flow (RFC 8628): a ticket that a registered client has asked for."""

from __future__ import annotations

import json
from typing import Any

from gateway.foundation.errors import Refusal
from gateway.oauth.errors import error_of
from gateway.oauth.model import DEVICE_GRANT, Client, shown_user_code
from gateway.oauth.store import GrantStore
from gateway.pairing.service import PairingService
from gateway.pairing.store import Registered
from scan_to_login.protocol import ClientInfo, Code


class DeviceFlow:
    """Begins a login for a device. The ticket is all its state."""

    def __init__(self, pairing: PairingService, grants: GrantStore, interval: int) -> None:
        self._pairing = pairing
        self._grants = grants
        self._interval = interval

    def begin(self, client: Client, scope: str, address: str, asked: str) -> dict[str, Any]:
        """The answer of the device authorization endpoint. The device code is ticket id and claim secret.

        ``asked`` is the address that the caller has called. Raises OAuthError ``access_denied`` while QR login is
        switched off for this client.
        """
        told = ClientInfo(name=client.name, version="OAuth 2.0", device=client.client_id)
        wanted = json.dumps({"client_id": client.client_id, "scope": scope, "flow": DEVICE_GRANT})
        registered = Registered(wanted, client.confidential, whole_life=True, client_id=client.client_id)
        try:
            ticket = self._pairing.issue_ticket(told, address, asked, registered=registered)
        except Refusal as refusal:
            raise error_of(refusal) if refusal.code is Code.LOGIN_UNAVAILABLE else refusal from None
        user_code = self._grants.add_user_code(ticket["ticket_id"], ticket["expires_in"])
        return {
            "device_code": ticket["ticket_id"] + ticket["claim_secret"],
            "user_code": shown_user_code(user_code),
            "verification_uri": f"{self._pairing.public.told_to(asked)}/device",
            # What the phone scans: it refuses a QR with anything beside a ticket's address.
            "verification_uri_complete": ticket["qr"],
            "expires_in": ticket["expires_in"],
            "interval": self._interval,
        }
