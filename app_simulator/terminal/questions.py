"""Questions of several commands. Without a person to ask, an option must give the answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from app_simulator.portal_client import ID_TYPES, Division, Person, PortalClient, RareCharacter
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
    """A household division, chosen from province to county; a code or a name may be typed at any level."""
    divisions, as_of = portal.divisions()
    while True:
        terminal.show("  ".join(map(_division_row, divisions)), terminal.texts("ask.division_data", day=as_of))
        typed = ask(terminal, "--division", "ask.division")
        if typed.isascii():
            chosen = [division for division in divisions if division.code == typed]
        else:
            divisions = chosen = portal.find_divisions(typed)
            if not divisions:
                terminal.show(terminal.texts("ask.no_division"))
                divisions, as_of = portal.divisions()
        if typed.isascii() or len(chosen) == 1:
            if not chosen or not chosen[0].has_children:
                return chosen[0].code if chosen else typed
            divisions, as_of = portal.divisions(chosen[0].code)


def division_code(portal: PortalClient, texts: Texts, typed: str) -> str:
    """The code of a division that an option names: by its code, or by its present, former or full name.

    Raises CommandLineError for a name of none or of several.
    """
    if typed.isascii():
        return typed
    found = portal.find_divisions(typed)
    exact = [one for one in found if typed in (one.name, one.full_name, *one.former_names)] or found
    if len(exact) != 1:
        rows = "; ".join(map(_division_row, exact[:SHOWN]))
        raise CommandLineError(texts("ask.several_divisions", rows=rows) if exact else texts("ask.no_division"))
    return exact[0].code


def _division_row(division: Division) -> str:
    former = f" ({', '.join(division.former_names)})" if division.former_names else ""
    return f"{division.code} {visible(division.name + former)}"


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
