"""``app-simulator authorizations``: who may act for a unit without its declaration password (办税授权)."""

from __future__ import annotations

from datetime import date

import click

from app_simulator.calls.unit_calls import UNCHANGED
from app_simulator.calls.unit_models import Authorization
from app_simulator.portal_client import ID_TYPES
from app_simulator.terminal.command import (
    Call,
    command,
)
from app_simulator.terminal.output import visible
from app_simulator.texts import Texts
from scan_to_login.protocol import Permission
from scan_to_login.terminal.command_line import CommandLineError, Group
from scan_to_login.terminal.records import Records

FOREVER = "forever"


def build(t: Texts) -> click.Command:
    """The command."""
    unit = click.Option(["--unit"], metavar="UNIT", required=True, help=t("authorizations.unit_help"))
    one = click.Argument(["authorization_id"], metavar="ID")
    permission = click.Choice([permission.value for permission in Permission])
    until = click.Option(["--until"], metavar="DATE", help=t("authorizations.until_help"))
    made = Group(
        "authorizations",
        language=t.language,
        help=t("authorizations.help"),
        short_help=t("authorizations.help"),
    )
    actions = {
        "list": command(
            t,
            "authorizations.list",
            list_,
            click.Option(["--unit"], metavar="UNIT", help=t("authorizations.unit_help")),
        ),
        "grant": command(
            t,
            "authorizations.grant",
            grant,
            unit,
            click.Option(["--name"], metavar="NAME", required=True, help=t("authorizations.name_help")),
            click.Option(["--phone"], metavar="PHONE", help=t("authorizations.phone_help")),
            click.Option(["--id-number"], metavar="N", help=t("authorizations.id_number_help")),
            click.Option(["--id-type"], type=click.Choice(ID_TYPES), help=t("authorizations.id_type_help")),
            click.Option(
                ["--permission"],
                type=permission,
                default=Permission.HANDLE.value,
                help=t("authorizations.permission_help"),
            ),
            until,
        ),
        "change": command(
            t,
            "authorizations.change",
            change,
            unit,
            one,
            click.Option(["--permission"], type=permission, help=t("authorizations.permission_help")),
            until,
        ),
        "revoke": command(t, "authorizations.revoke", revoke, unit, one),
        "give-up": command(t, "authorizations.give-up", give_up, one),
    }
    for name, action in actions.items():
        action.name = name
        made.add_command(action, name)
    return made


def list_(call: Call, *, unit: str | None) -> None:
    """List this account's own, or a unit's."""
    with call.phone() as phone:
        found = phone.authorizations(unit)
    answer = {"authorizations": [authorization.as_dict() for authorization in found]}
    call.terminal.answer(answer, _drawn(call.texts, found) if found else call.texts("authorizations.none"))


def grant(
    call: Call,
    *,
    unit: str,
    name: str,
    phone: str | None,
    id_number: str | None,
    id_type: str | None,
    permission: str,
    until: str | None,
) -> None:
    """Authorize a person."""
    if (phone is None) == (id_number is None):
        raise CommandLineError(call.texts("authorizations.one_of"))
    valid_until = _day(call, until or FOREVER)
    with call.phone() as own:
        granted = own.grant(
            unit,
            name,
            phone=phone,
            id_number=id_number,
            id_type=id_type,
            permission=permission,
            valid_until=valid_until,
        )
    _answer(call, "authorizations.granted", granted)


def change(call: Call, *, unit: str, authorization_id: str, permission: str | None, until: str | None) -> None:
    """Change an authorization."""
    if permission is None and until is None:
        raise CommandLineError(call.texts("authorizations.nothing"))
    valid_until = UNCHANGED if until is None else _day(call, until)
    with call.phone() as phone:
        changed = phone.change_authorization(unit, authorization_id, permission=permission, valid_until=valid_until)
    _answer(call, "authorizations.changed", changed)


def revoke(call: Call, *, unit: str, authorization_id: str) -> None:
    """Take one back."""
    with call.phone() as phone:
        phone.revoke_authorization(unit, authorization_id)
    _ended(call, authorization_id)


def give_up(call: Call, *, authorization_id: str) -> None:
    """Give one up."""
    with call.phone() as phone:
        phone.give_up_authorization(authorization_id)
    _ended(call, authorization_id)


def _ended(call: Call, authorization_id: str) -> None:
    words = call.texts("authorizations.ended", id=visible(authorization_id))
    call.terminal.answer({"ended": authorization_id}, words)


def _answer(call: Call, key: str, found: Authorization) -> None:
    words = call.texts(
        key, person=visible(found.person), unit=visible(found.unit_name), id=visible(found.authorization_id)
    )
    call.terminal.answer({"authorization": found.as_dict()}, words)


def _day(call: Call, text: str) -> str | None:
    if text == FOREVER:
        return None
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise CommandLineError(call.texts("authorizations.day_form")) from None


def _drawn(t: Texts, found: list[Authorization]) -> Records:
    headings = ("id", "unit", "person", "permission", "until", "granted_by")
    rows = [
        (
            visible(one.authorization_id),
            visible(one.unit_name),
            visible(f"{one.person} {one.phone}"),
            permission_name(t, one.permission),
            t("authorizations.forever") if one.valid_until is None else visible(one.valid_until),
            visible(one.granted_by),
        )
        for one in found
    ]
    return Records([t(f"authorizations.{heading}") for heading in headings], rows, ids=True)


def permission_name(t: Texts, permission: str) -> str:
    """办税 or 管理, in the chosen language."""
    known = permission in list(Permission)
    return t(f"authorizations.{permission}") if known else visible(permission)
