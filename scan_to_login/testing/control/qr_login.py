"""Switching QR login off and on at the control plane, from a test."""

from __future__ import annotations

from collections.abc import Sequence
from types import TracebackType
from typing import Self

from scan_to_login.testing.control.faults import Calls


class QrLoginOff:
    """QR login while it is off. As a context manager it moves ``switch`` on for everybody at the end."""

    def __init__(self, switch: QrLoginOfGateway) -> None:
        self._switch = switch

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._switch.on()


class QrLoginOfGateway:
    """The switch of QR login. Every method raises ControlRefused."""

    def __init__(self, control: Calls) -> None:
        self._control = control

    def off(self, *, clients: Sequence[str] = (), accounts: Sequence[str] = ()) -> QrLoginOff:
        """Switch it off for these ``clients`` (by name, or registered id) and ``accounts`` (by login name, phone or ID
        number); without any, for everybody. It replaces the switch's previous position.

        On return the tickets that it concerns are cancelled.
        """
        everybody = not clients and not accounts
        body = {"off_for_all": everybody, "off_for_clients": [*clients], "off_for_accounts": [*accounts]}
        self._control.call("PUT", "/qr-login", body=body)
        return QrLoginOff(self)

    def on(self) -> None:
        """Switch it on for everybody."""
        self._control.call("PUT", "/qr-login", body={})
