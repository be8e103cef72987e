"""``app-simulator sessions``: lists and ends the account's sessions on all channels, and lists its events."""

from __future__ import annotations

import contextlib
from typing import Any

import click

from app_simulator.calls.models import take
from app_simulator.terminal.command import Call, command
from app_simulator.terminal.output import moment, visible
from app_simulator.texts import Texts, has_text
from scan_to_login.terminal.command_line import CommandLineError
from scan_to_login.terminal.records import Records


def build(t: Texts) -> click.Command:
    """The command."""
    return command(
        t,
        "sessions",
        run,
        click.Option(["--end"], metavar="ID", help=t("sessions.end_help")),
        click.Option(["--end-others"], is_flag=True, help=t("sessions.end_others_help")),
        click.Option(["--events"], is_flag=True, help=t("sessions.events_help")),
    )


def run(call: Call, *, end: str | None, end_others: bool, events: bool) -> None:
    """List sessions or events, or end sessions."""
    if sum((end is not None, end_others, events)) > 1:
        raise CommandLineError(call.texts("sessions.one_of"))
    with call.phone() as phone:
        if end is not None:
            phone.end_session(end)
            call.terminal.answer({"ended": 1}, call.texts("sessions.ended", count=1))
        elif end_others:
            count = phone.end_other_sessions()
            call.terminal.answer({"ended": count}, call.texts("sessions.ended", count=count))
        elif events:
            found = phone.events()
            call.terminal.answer({"events": found}, _events_drawn(call.texts, found))
        else:
            sessions = phone.sessions()
            call.terminal.answer({"sessions": sessions}, _drawn(call.texts, sessions))


def _heads(t: Texts, *columns: str) -> list[str]:
    return [t(f"sessions.{column}") for column in columns]


def _drawn(t: Texts, sessions: list[dict[str, Any]]) -> Records:
    heads = _heads(t, "id", "kind", "device", "address", "created_at", "last_seen", "state")
    rows = [
        (
            visible(take(session, "session_id", str)),
            t(f"sessions.{session['kind']}") if session.get("kind") in ("phone", "client", "web") else "?",
            visible(take(session, "device_name", str)),
            visible(take(session, "address", str)),
            moment(take(session, "created_at", int)),
            moment(take(session, "last_seen", int)),
            t("sessions.current") if session.get("current") else "",
        )
        for session in sessions
    ]
    return Records(heads, rows, ids=True)


def _events_drawn(t: Texts, events: list[dict[str, Any]]) -> Records:
    rows = [
        (
            moment(take(event, "at", int)),
            _named(t, "event", take(event, "action", str)),
            _named(t, "outcome", take(event, "outcome", str)),
            visible(take(event, "address", str)),
        )
        for event in events
    ]
    return Records(_heads(t, "when", "what", "outcome", "address"), rows)


def _named(t: Texts, room: str, word: str) -> str:
    """The gateway's word in the reader's language; an unknown word unchanged."""
    for key in (f"{room}.{word}", f"error.{word}"):
        if has_text(key):
            with contextlib.suppress(KeyError):  # the sentence says more than the audit log knows
                return t(key).rstrip(".。")
    return visible(word)
