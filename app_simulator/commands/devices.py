"""``app-simulator devices``: the phones enrolled for this account."""

from __future__ import annotations

import click

from app_simulator.calls.models import Device
from app_simulator.terminal.command import Call, command
from app_simulator.terminal.output import moment, visible
from app_simulator.texts import Texts
from scan_to_login.terminal.records import Records


def build(t: Texts) -> click.Command:
    """The command."""
    return command(t, "devices", run, click.Option(["--revoke"], metavar="ID", help=t("devices.revoke_help")))


def run(call: Call, *, revoke: str | None) -> None:
    """List the phones, or revoke one."""
    with call.phone() as phone:
        if revoke is not None:
            phone.revoke_device(revoke)
            call.terminal.answer({"revoked": revoke}, call.texts("devices.revoked", device_id=visible(revoke)))
            return
        devices = phone.devices()
    call.terminal.answer({"devices": [device.as_dict() for device in devices]}, _drawn(call.texts, devices))


def _drawn(t: Texts, devices: list[Device]) -> Records:
    heads = [t(f"devices.{heading}") for heading in ("id", "name", "model", "enrolled_at", "last_seen", "state")]
    rows = [
        (
            visible(device.device_id),
            visible(device.name),
            visible(device.model),
            moment(device.enrolled_at),
            "" if device.last_seen is None else moment(device.last_seen),
            _state(t, device),
        )
        for device in devices
    ]
    return Records(heads, rows, ids=True)


def _state(t: Texts, device: Device) -> str:
    if device.revoked_at is not None:
        return t("devices.revoked_at", when=moment(device.revoked_at))
    return t("devices.current") if device.current else t("devices.in_use")
