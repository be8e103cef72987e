"""``app-simulator messages``: what the gateway has told this phone, and *this wasn't me*."""

from __future__ import annotations

import click
from rich.table import Table

from app_simulator.calls.unit_models import Message
from app_simulator.commands.authorizations import permission_name
from app_simulator.terminal.command import Call, command
from app_simulator.terminal.output import moment, visible
from app_simulator.texts import Texts, catalogue
from scan_to_login.terminal.command_line import CommandLineError


def build(t: Texts) -> click.Command:
    """The command."""
    return command(
        t,
        "messages",
        run,
        click.Option(["--since"], metavar="ID", default="", help=t("messages.since_help")),
        click.Option(
            ["--wait"],
            metavar="SECONDS",
            type=click.FloatRange(min=0),
            default=0.0,
            help=t("messages.wait_help"),
        ),
        click.Option(["--not-me"], metavar="ID", help=t("messages.not_me_help")),
    )


def run(call: Call, *, since: str, wait: float, not_me: str | None) -> None:
    """Show them, oldest first; or end the session of a login that was not this person's."""
    if not_me is not None:
        if since or wait:
            raise CommandLineError(call.texts("messages.not_me_alone"))
        with call.phone() as phone:
            ended = phone.disown_login(not_me)
        words_for = "messages.disowned" if ended else "messages.disowned_before"
        call.terminal.answer({"ended": ended}, call.texts(words_for))
        return
    with call.phone() as phone:
        found = phone.messages(since=since, wait=wait)
    answer = {"messages": [message.as_dict() for message in found]}
    call.terminal.answer(answer, _drawn(call.texts, found) if found else call.texts("messages.none"))


def _drawn(t: Texts, found: list[Message]) -> Table:
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    table.add_column(overflow="fold", style="dim")
    for message in found:
        table.add_row(moment(message.at), words(t, message), visible(message.message_id))
    return table


def words(t: Texts, message: Message) -> str:
    """A message as a sentence."""
    key = f"messages.{message.notice}"
    if key not in catalogue():
        return t("messages.other", notice=visible(message.notice))
    channel = f"messages.channel.{message.channel}"
    return t(
        key,
        channel=t(channel) if channel in catalogue() else visible(message.channel or "?"),
        address=visible(message.address or "?"),
        unit=visible(message.unit_name or message.taxpayer_id or "?"),
        by=visible(message.by or "?"),
        permission=permission_name(t, message.permission or "?"),
        until=visible(message.valid_until) if message.valid_until else t("authorizations.forever"),
    )
