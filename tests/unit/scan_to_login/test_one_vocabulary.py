"""Phone and client are driven with one vocabulary: options, exit codes, lines of error, arguments, calls."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator

import click
import pytest

from app_simulator import cli as phone_cli
from app_simulator.actor.rest import status_of as phone_status
from app_simulator.errors import phone_error
from app_simulator.phone import Phone
from client_stub import cli as client_cli
from client_stub.actor.rest import status_of as client_status
from client_stub.client import Client
from client_stub.errors import client_error
from client_stub.terminal.exits import EXITS as CLIENT_EXITS
from scan_to_login.actor_wire.calls import ActorCall
from scan_to_login.actor_wire.clients import CLIENT_CALLS
from scan_to_login.actor_wire.phones import PHONE_CALLS, Scan
from scan_to_login.errors import INSECURE, BadUrl, Failure, NotAGateway, Reason, Refusal, Unreachable
from scan_to_login.messages import LANGUAGES, Language
from scan_to_login.protocol import Code
from scan_to_login.terminal.command_line import Group, Program, whole_command
from scan_to_login.terminal.exit_codes import Exit, exit_of

GATEWAY = "http://127.0.0.1:9"  # the discard port: nobody listens
OTHER_MEANINGS = {"--version"}  # the program's own, and the client's that the phone shows
FAILURES: list[Failure] = [
    BadUrl("nonsense"),
    *(Unreachable(GATEWAY, reason) for reason in Reason),
    NotAGateway(GATEWAY, "HTTP status 200", 200),
    *(Refusal(code, "It is refused.", 409) for code in Code),
]


def options(command: click.Command) -> Iterator[click.Option]:
    """The options of a command, and of those below it."""
    yield from (param for param in command.params if isinstance(param, click.Option))
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from options(below)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("program", [phone_cli.PROGRAM, client_cli.PROGRAM], ids=lambda program: program.name)
def test_the_list_of_commands_says_of_each_what_its_own_help_says(
    program: Program,  # type: ignore[type-arg]
    language: Language,
) -> None:
    whole = whole_command(program, language)
    assert isinstance(whole, Group)
    context = click.Context(whole)
    made = {name: whole.get_command(context, name) for name in whole.list_commands(context)}
    assert whole.summaries(context) == [(name, one.get_short_help_str(120)) for name, one in made.items() if one]


def meanings(program: Program) -> dict[str, set[tuple[object, ...]]]:  # type: ignore[type-arg]
    """By an option's name: how it is written, what it takes, and the variable that stands in for it."""
    found: dict[str, set[tuple[object, ...]]] = {}
    for option in options(whole_command(program, "en")):
        kind = (tuple(sorted(option.opts)), option.metavar, type(option.type), option.envvar, option.is_flag)
        found.setdefault(max(option.opts, key=len), set()).add(kind)
    return found


def test_an_option_of_both_is_written_the_same_and_takes_the_same() -> None:
    phone, client = meanings(phone_cli.PROGRAM), meanings(client_cli.PROGRAM)
    shared = set(phone) & set(client) - OTHER_MEANINGS
    assert {"--gateway", "--identifier", "--password", "--captcha", "--unit", "--device-name", "--ca-file"} <= shared
    assert {name: phone[name] for name in shared} == {name: client[name] for name in shared}
    assert {name for name in shared if len(phone[name]) > 1} == set()


@pytest.mark.parametrize("failure", FAILURES, ids=str)
def test_one_failure_has_one_exit_code_one_status_and_one_form(failure: Failure) -> None:
    phone, client = phone_error(failure), client_error(failure)
    assert exit_of(phone.code, phone_cli.EXITS) == exit_of(client.code, CLIENT_EXITS)
    assert phone_status(phone) == client_status(client)
    if not (
        isinstance(failure, Unreachable) and failure.reason in INSECURE
    ):  # a client that waits tries that again, a person does not
        assert phone.passing == client.passing
    for error in (phone, client):
        assert str(error) == f"{error.code}: {error.detail}"


def test_a_refusal_names_its_fields_in_both() -> None:
    refusal = Refusal("invalid_request", "No; see `errors`.", 422, {"errors": [{"field": "a", "message": "Missing."}]})
    assert str(phone_error(refusal)) == str(client_error(refusal)) == "invalid_request: No. a: Missing."


@pytest.mark.parametrize(("program", "name"), [(phone_cli, "app-simulator"), (client_cli, "client-stub")])
def test_an_error_is_one_line_with_the_programs_name_and_no_code(
    program: object, name: str, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAIRING_LANG", "en")
    monkeypatch.setenv("COLUMNS", "40")
    arguments = ["login", "--gateway", GATEWAY, "--identifier", "agent", "--password", "Demo-2019"]
    assert program.run(arguments) == Exit.UNREACHABLE  # type: ignore[attr-defined]
    said = capfd.readouterr()
    assert said.out == ""
    assert re.fullmatch(rf"{name}: [A-Z].*[.?]\n", said.err), said.err
    assert not re.search(r"unreachable:|connection_failed", said.err)


def public(kind: type) -> dict[str, inspect.Signature]:
    """Its public methods."""
    functions = inspect.getmembers(kind, inspect.isfunction)
    return {name: inspect.signature(method, eval_str=True) for name, method in functions if not name.startswith("_")}


def test_an_argument_of_both_classes_has_one_type() -> None:
    phone, client = public(Phone), public(Client)
    shared = set(phone) & set(client)
    assert {"login", "logout", "session", "captcha", "units", "taxpayer_id", "close"} <= shared
    for name in shared:
        both = set(phone[name].parameters) & set(client[name].parameters) - {"self"}
        for argument in both:
            assert phone[name].parameters[argument].annotation == client[name].parameters[argument].annotation, name
    begins = [list(inspect.signature(kind).parameters) for kind in (Phone, Client)]
    assert begins[0][0] == begins[1][0] == "gateway_url"
    assert "verify" in set(begins[0]) & set(begins[1])


def below(calls: tuple[ActorCall, ...]) -> dict[tuple[str, str], ActorCall]:
    """By method and what follows the actor's own address."""
    return {(call.method, "/".join(call.rule.split("/")[3:])): call for call in calls}


def test_calls_of_both_servers_take_the_same() -> None:
    phones, clients = below(PHONE_CALLS), below(CLIENT_CALLS)
    shared = set(phones) & set(clients) - {("POST", "")}  # what is made differs
    assert {("POST", "login"), ("GET", "session"), ("DELETE", "session")} <= shared
    for call in shared:
        assert (phones[call].body, phones[call].status) == (clients[call].body, clients[call].status), call


def test_a_phone_scans_what_a_client_calls_qr() -> None:
    qr = "http://127.0.0.1:8080/q/x"
    assert Scan.model_validate({"qr": qr}).source() == Scan.model_validate({"payload": qr}).source() == qr
