"""``app-simulator authorizations``: the authorizations of accounts and units (办税授权)."""

from __future__ import annotations

import re
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
from scan_to_login.rules.typed import folded
from scan_to_login.terminal.command_line import CommandLineError, Group
from scan_to_login.terminal.records import Records

TODAY, FOREVER = "today", "forever"
_DAY = re.compile(r"([0-9]{4}) ?[-/.年] ?([0-9]{1,2}) ?[-/.月] ?([0-9]{1,2}) ?日?\Z", re.ASCII)


def build(t: Texts) -> click.Command:
    """The command."""
    unit = click.Option(["--unit"], metavar="UNIT", required=True, help=t("authorizations.unit_help"))
    one = click.Argument(["authorization_id"], metavar="ID")
    permission = click.Choice([permission.value for permission in Permission])
    since = click.Option(["--from", "since"], metavar="DATE", help=t("authorizations.from_help"))
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
            since,
            until,
        ),
        "change": command(
            t,
            "authorizations.change",
            change,
            unit,
            one,
            click.Option(["--permission"], type=permission, help=t("authorizations.permission_help")),
            since,
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
    """List the authorizations of this account, or of a unit."""
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
    since: str | None,
    until: str | None,
) -> None:
    """Authorize a person."""
    if (phone is None) == (id_number is None):
        raise CommandLineError(call.texts("authorizations.one_of"))
    valid_from = _day(call, since or TODAY)
    valid_until = _day(call, until or FOREVER)
    with call.phone() as own:
        granted = own.grant(
            unit,
            name,
            phone=phone,
            id_number=id_number,
            id_type=id_type,
            permission=permission,
            valid_from=valid_from,
            valid_until=valid_until,
        )
    _answer(call, "authorizations.granted" if granted.in_force else "authorizations.granted_from", granted)


def change(
    call: Call, *, unit: str, authorization_id: str, permission: str | None, since: str | None, until: str | None
) -> None:
    """Change an authorization."""
    if permission is None and since is None and until is None:
        raise CommandLineError(call.texts("authorizations.nothing"))
    valid_from = UNCHANGED if since is None else _day(call, since)
    valid_until = UNCHANGED if until is None else _day(call, until)
    with call.phone() as phone:
        changed = phone.change_authorization(
            unit, authorization_id, permission=permission, valid_from=valid_from, valid_until=valid_until
        )
    _answer(call, "authorizations.changed", changed)


def revoke(call: Call, *, unit: str, authorization_id: str) -> None:
    """Revoke an authorization."""
    with call.phone() as phone:
        phone.revoke_authorization(unit, authorization_id)
    _ended(call, authorization_id)


def give_up(call: Call, *, authorization_id: str) -> None:
    """Give up an authorization."""
    with call.phone() as phone:
        phone.give_up_authorization(authorization_id)
    _ended(call, authorization_id)


def _ended(call: Call, authorization_id: str) -> None:
    words = call.texts("authorizations.ended", id=visible(authorization_id))
    call.terminal.answer({"ended": authorization_id}, words)


def _answer(call: Call, key: str, found: Authorization) -> None:
    words = call.texts(
        key,
        person=visible(found.person),
        unit=visible(found.unit_name),
        id=visible(found.authorization_id),
        day=visible(found.valid_from),
    )
    call.terminal.answer({"authorization": found.as_dict()}, words)


def _day(call: Call, text: str) -> str | None:
    """A day as people write it (2027-12-31, 2027/12/31, 2027年12月31日, in full width too) as YYYY-MM-DD."""
    if text in (TODAY, FOREVER):
        return None
    written = _DAY.match(folded(text))
    try:
        return date(*map(int, written.groups())).isoformat() if written else date.fromisoformat(text).isoformat()
    except ValueError:
        raise CommandLineError(call.texts("authorizations.day_form")) from None


def _drawn(t: Texts, found: list[Authorization]) -> Records:
    headings = ("id", "unit", "person", "permission", "from", "until", "granted_by")
    rows = [
        (
            visible(one.authorization_id),
            visible(one.unit_name),
            visible(f"{one.person} {one.phone}"),
            permission_name(t, one.permission),
            visible(one.valid_from),
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
