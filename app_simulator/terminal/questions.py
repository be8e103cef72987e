"""Questions of several commands. Without a person to ask, an option must give the answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from app_simulator.portal_client import ID_TYPES, Person, PortalClient, RareCharacter
from app_simulator.terminal.output import Terminal, visible
from app_simulator.texts import Texts
from scan_to_login.terminal.command_line import CommandLineError

SHOWN = 60


def ask(terminal: Terminal, option: str, question: str, *, hidden: bool = False) -> str:
    """The person's answer in place of the option ``option``. Raises CommandLineError without a person to ask."""
    if not terminal.interactive:
        raise CommandLineError(terminal.texts("usage.missing", name=option))
    return terminal.ask(terminal.texts(question), hidden=hidden)


def ask_password(terminal: Terminal) -> str:
    """A new password, typed twice and not shown. Raises CommandLineError without a person to ask."""
    while True:
        first = ask(terminal, "--password", "ask.new_password", hidden=True)
        if ask(terminal, "--password", "ask.again", hidden=True) == first:
            return first
        terminal.show(terminal.texts("ask.differ"))


def ask_person(
    portal: PortalClient, terminal: Terminal, name: str | None, id_type: str, id_number: str | None
) -> Person:
    """Ask for name, document type and number, unless given; the person can look rare characters up."""
    if terminal.interactive and id_number is None:
        id_type = choose(terminal, "ask.id_type", ID_TYPES, lambda kind: terminal.texts(f"id_type.{kind}"), id_type)
    name = name or ask_name(portal, terminal)
    return Person(name, id_type, id_number or ask(terminal, "--id-number", "ask.id_number"))


def ask_name(portal: PortalClient, terminal: Terminal) -> str:
    """A name of typed text and rare characters; ``?`` looks one up."""
    name = ""
    while True:
        if not name:
            typed = ask(terminal, "--name", "ask.name")
        else:
            typed = terminal.ask(terminal.texts("ask.name_so_far", name=visible(name)))
        if typed in {".", "。"} and name:
            return name
        if typed.endswith(("?", "？")):
            name += typed[:-1] + ask_rare_character(portal, terminal)
        else:
            return name + typed


def ask_rare_character(portal: PortalClient, terminal: Terminal) -> str:
    """A character by its radical and the strokes beside it; empty if the person chooses none."""
    radical = terminal.ask(terminal.texts("ask.radical"))
    strokes = terminal.ask(terminal.texts("ask.strokes"))
    found = portal.characters(radical, int(strokes) if strokes.isascii() and strokes.isdigit() else None)
    for start in range(0, len(found), SHOWN):
        page = found[start : start + SHOWN]
        terminal.show(_row(page, start), terminal.texts("ask.which", last=start + len(page), total=len(found)))
        answer = terminal.ask(terminal.texts("ask.number_or_more"))
        if answer.isascii() and answer.isdigit() and 1 <= int(answer) <= len(found):
            return found[int(answer) - 1].character
        if answer.lower() not in {"m", "more", "n"}:
            return ""
    terminal.show(terminal.texts("ask.no_character"))
    return ""


def ask_division(portal: PortalClient, terminal: Terminal) -> str:
    """A household division, chosen from province to county; a code may be typed at any level."""
    parent = ""
    while True:
        divisions = portal.divisions(parent)
        terminal.show("  ".join(f"{division.code} {visible(division.name)}" for division in divisions))
        code = ask(terminal, "--division", "ask.division")
        known = {division.code: division for division in divisions}
        if code not in known or not known[code].has_children:
            return code
        parent = code


def choose(terminal: Terminal, question: str, choices: Sequence[str], named: Callable[[str], str], default: str) -> str:
    """One of several, by its number; an empty answer is the default."""
    for number, choice in enumerate(choices, 1):
        terminal.show(f"  {number} {named(choice)}")
    while True:
        answer = terminal.ask(terminal.texts(question))
        if answer.isascii() and answer.isdigit() and 1 <= int(answer) <= len(choices):
            return choices[int(answer) - 1]
        if answer in choices:
            return answer
        if answer == "-":
            return default


def _row(page: Sequence[RareCharacter], start: int) -> str:
    return "  ".join(f"{number} {found.character}" for number, found in enumerate(page, start + 1))


def gateway_of(given: str | None, current: str | None, texts: Texts) -> str:
    """The URL of the gateway. Raises CommandLineError if none is known."""
    gateway = given or current
    if gateway is None:
        raise CommandLineError(texts("usage.gateway"))
    return gateway
