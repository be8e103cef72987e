"""The ``gateway`` command and its subcommands: each reads its options and calls one thing of ``gateway.commands``."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Any

import click

from gateway.commands.chinese import say
from gateway.commands.command_line import InOneLanguage, finding
from gateway.commands.exec_command import exec_command
from gateway.commands.failures import as_sentence, one_sentence, what_is_wrong
from gateway.commands.options import serve_options, settings_from
from gateway.commands.upkeep.commands import COMMANDS
from scan_to_login.conformance.command import conformance
from scan_to_login.terminal.language import choose_language


@click.group(cls=InOneLanguage, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="scan-to-login")
def gateway() -> None:
    """The gateway of scan-to-login.

    Every setting is an environment variable; `gateway settings` lists them.
    """


@gateway.command()
@serve_options
@click.option("--ready-file", type=click.Path(path_type=Path), metavar="F", help="JSON file to write when ready.")
@click.option("--stop-with-stdin", is_flag=True, help="Stop when standard input is closed.")
@click.option("--remove-folder", type=click.Path(path_type=Path), hidden=True)  # at the end; the parent may be killed
@one_sentence
def serve(ready_file: Path | None, stop_with_stdin: bool, remove_folder: Path | None, **options: Any) -> None:
    """Serve until ^C or SIGTERM; print one line of JSON when ready."""
    from gateway.server import stdin
    from gateway.server.libraries import check_names

    check_names()
    from gateway.commands import processes
    from gateway.commands.data_directory import data_directory, removed_at_the_end
    from gateway.commands.running import Running
    from gateway.commands.settings_report import unknown_variables
    from gateway.commands.start_checks import refuse_at_once
    from gateway.control.access import exposure
    from gateway.foundation.telemetry import logs
    from gateway.foundation.telemetry.log_events import LogEvent

    settings = settings_from(**options)
    logs.configure(settings.log_level, settings.log_format, 0 if settings.workers == 1 else None)
    if ready_file is not None and not ready_file.absolute().parent.is_dir():
        from scan_to_login.errors import StartupError

        raise StartupError("command.ready_folder", file=ready_file)
    refuse_at_once(settings)
    for warning in filter(None, (*unknown_variables(os.environ), exposure(settings))):
        logs.log.warning(LogEvent.SETTING_WARNING, message=warning)
    running = Running(settings, ready_file)
    if stop_with_stdin:
        stdin.stop_with_stdin()
    with removed_at_the_end(remove_folder), data_directory(settings):
        if settings.workers == 1:
            processes.serve_one(settings, running)
        else:
            processes.serve_several(settings, running)
    logs.log.info(LogEvent.GATEWAY_STOPPED)


@gateway.command()
@click.option("--once", is_flag=True, help="Exit after one login: with 0 if it succeeded, else 1.")
@click.option("--port", type=click.IntRange(0, 65535), default=8080, show_default=True, help="0 takes a free one.")
@click.option(
    "--lan", is_flag=True, help="Let phones in this network connect, over HTTPS with a self-signed certificate."
)
@click.option("--browser/--no-browser", default=None, help="Open the stage in a browser, if there is one.")
@click.option("--lang", type=click.Choice(["zh", "en"]), help="Language of the output.")
@one_sentence
def demo(once: bool, port: int, lan: bool, browser: bool | None, lang: str | None) -> None:
    """Start everything, play through one login, then keep running for you to try."""
    from scan_to_login.testing import forkserver_client

    forkserver_client.warm_up()  # the gateway's imports, beside those of phone and client

    from rich.console import Console

    from gateway.commands.settings_report import unknown_variables
    from gateway.demo.demo import Demo

    for warning in unknown_variables(os.environ, say):
        click.echo(say("Warning: {sentence}", sentence=warning), err=True)
    console = Console(highlight=False)
    if browser is None:
        browser = console.is_terminal and not once
    shown = Demo(console, choose_language(lang, os.environ), port=port, lan=lan)
    sys.exit(shown.run(once=once, browser=browser))


@gateway.command(hidden=True)
@click.option("--listener", type=int, required=True, help="Descriptor of the listening socket.")
@click.option("--place", type=int, required=True, help="Its place among the workers, from 0.")
@one_sentence
def worker(listener: int, place: int) -> None:
    """One of several workers; started by `serve`, with its settings in the environment."""
    from gateway.commands import processes
    from gateway.foundation.telemetry import logs

    settings = settings_from()
    logs.configure(settings.log_level, settings.log_format, place)
    processes.work(settings, listener)


@gateway.command("settings")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@serve_options
@one_sentence
def show_settings(as_json: bool, **options: Any) -> None:
    """List every setting: its value, the value's origin, its default, its bounds, and what it does.

    The options are those of `serve`. Passwords and keys are masked.
    """
    from gateway.commands.settings_report import in_english, report, unknown_variables

    given = {name for name, value in options.items() if value is not None}
    rows = report(settings_from(**options), os.environ, given, in_english if as_json else say)
    for warning in unknown_variables(os.environ, say):
        click.echo(say("Warning: {sentence}", sentence=warning), err=True)
    if as_json:
        import json

        click.echo(json.dumps(rows, indent=2))
        return
    from rich.console import Console

    from scan_to_login.terminal.records import Records

    heads = [say(head) for head in ("Setting", "Value", "From", "Default", "Bounds", "What it does")]
    wide = 200 if not sys.stdout.isatty() and "COLUMNS" not in os.environ else None
    Console(width=wide, highlight=False).print(
        Records(heads, [list(row.values()) for row in rows], ids=True, boxed=True)
    )


@gateway.command()
@click.option("--url", default="http://127.0.0.1:8080", show_default=True, help="The gateway's address.")
@click.option(
    "--wait",
    "seconds",
    type=float,
    default=0.0,
    is_flag=False,
    flag_value=30.0,
    metavar="[SECONDS]",
    help="Wait until it is ready, for at most SECONDS (30).",
)
@one_sentence
def readyz(url: str, seconds: float) -> None:
    """Exit with 0 if the gateway is ready to serve, else with 1."""
    import requests

    deadline = time.monotonic() + seconds
    while True:
        try:
            answer = requests.get(f"{url.rstrip('/')}/readyz", timeout=5)
            if answer.ok:
                click.echo(say("ready"))
                return
            why = str(answer.json().get("detail", answer.status_code))
        except (requests.RequestException, ValueError) as error:
            why = say("{url} does not answer ({reason})", url=url, reason=type(error).__name__)
        if time.monotonic() >= deadline:
            from scan_to_login.errors import StartupError

            raise StartupError("command.not_ready", reason=why)
        time.sleep(0.05)


@gateway.command()
@click.argument("name", metavar="demo|FILE", required=False)
@click.option("--print", "as_yaml", is_flag=True, help="Change nothing: print the seed (demo) as YAML, ready to edit.")
@click.option("--schema", is_flag=True, help="Change nothing: print the JSON Schema of a seed file.")
@click.option("--sim/--no-sim", default=None, help="Make it a simulation's database, for `serve --sim` alone.")
@click.option("--data-dir", type=click.Path(path_type=Path), metavar="D", help="Folder for all data.")
@one_sentence
def seed(name: str | None, as_yaml: bool, schema: bool, **options: Any) -> None:
    """Load people and units into the database, and exit. Existing people and units stay unchanged."""
    import json

    from scan_to_login import seed_documents
    from scan_to_login.seed import load_seed

    if schema:
        click.echo(json.dumps(seed_documents.seed_schema(), ensure_ascii=False, indent=2))
        return
    if as_yaml:
        click.echo(seed_documents.as_yaml(load_seed(name or "demo")), nl=False)
        return
    if name is None:
        raise click.UsageError(say("Name a seed: `demo`, or a file."))
    from gateway.commands import processes
    from gateway.commands.data_directory import data_directory
    from gateway.commands.preparation import prepare
    from gateway.commands.running import Running
    from gateway.core import build_core
    from gateway.foundation.offload import here

    settings = settings_from(seed=name, **options)
    running = Running(settings, None)
    with data_directory(settings), processes.redis_for(settings, running) as (settled, redis_answers):
        core = build_core(settled, here)
        prepare(core, redis_answers)
        loaded = core.simulation_state.seed
        core.database.close()
    counts = {"accounts": len(loaded.accounts), "units": len(loaded.units)}
    click.echo(say("{accounts} accounts and {units} units are in {folder}.", folder=settings.data_dir, **counts))


@gateway.command()
@click.option("--check", is_flag=True, help="Change nothing; exit with 0 if the schema is this version's, else with 1.")
@click.option(
    "--to", "revision", default="head", metavar="REVISION", help="Revision to go to (head); an older one goes back."
)
@click.option("--data-dir", type=click.Path(path_type=Path), metavar="D", help="Folder for all data.")
@one_sentence
def migrate(check: bool, revision: str, **options: Any) -> None:
    """Update the database's schema, or take it back. Gateways that use the database may keep running."""
    from gateway.commands.preparation import open_database
    from gateway.foundation.database import schema

    database = open_database(settings_from(**options))
    if check:
        schema.check(database)
    elif revision == "head":
        schema.bring_up_to_date(database)
    else:
        schema.migrate(database, revision)
    at = schema.revision_of(database) or schema.BASE
    click.echo(say("The database {url} is at revision {revision}.", url=database.shown_url, revision=at))
    database.close()


gateway.add_command(conformance)
gateway.add_command(exec_command)
for command in COMMANDS:
    gateway.add_command(command)


@gateway.command()
@serve_options
@one_sentence
def doctor(**options: Any) -> None:
    """Check everything that `serve` could refuse with these options and environment; exit with 1 if it would."""
    import tempfile

    from pydantic import ValidationError

    from gateway.commands.settings_report import unknown_variables

    for warning in unknown_variables(os.environ, say):
        finding("warn", "yellow", "settings", warning)
    try:
        settings = settings_from(**options)
    except ValidationError as error:
        findings = [("settings", False, what_is_wrong(error))]
    else:
        from gateway.commands.doctor import examine
        from gateway.control.access import exposure

        if open_to_others := exposure(settings, say):
            finding("warn", "yellow", "network", open_to_others)
        with tempfile.TemporaryDirectory() as scratch:
            findings = examine(settings, Path(scratch))
    for name, ok, words in findings:
        finding(*(("ok  ", "green", name, words) if ok else ("FAIL", "red", name, as_sentence(words))))
    if not all(ok for _, ok, _ in findings):
        sys.exit(1)
