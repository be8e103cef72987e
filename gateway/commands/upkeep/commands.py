"""The subcommands of this room: each reads its options and calls one thing of the room."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from gateway.commands.chinese import say
from gateway.commands.failures import one_sentence
from gateway.commands.options import settings_from

_data_dir = click.option("--data-dir", type=click.Path(path_type=Path), metavar="D", help="Folder for all data.")


@click.command("rotate-keys")
@_data_dir
@one_sentence
def rotate_keys(**options: Any) -> None:
    """Sign the tokens of OAuth with new keys from now on, also where gateways are running.

    The keys before them stay published for a day, so that their tokens still verify.
    """
    from gateway.commands.upkeep.signing_keys import rotate

    click.echo(say("New keys sign from now on: {keys}", keys=" ".join(rotate(settings_from(**options)))))


_ready_file = click.option(
    "--ready-file", type=click.Path(path_type=Path), metavar="F", help="Ready file of the gateway that is running."
)
_person = click.argument("person", metavar="PERSON")


@click.command("export-person")
@_person
@_ready_file
@_data_dir
@one_sentence
def export_person(person: str, ready_file: Path | None, **options: Any) -> None:
    """Print all that is stored of a person as JSON, without passwords and keys.

    PERSON is a login name, a phone number, a resident ID number, or an account id.
    """
    from gateway.commands.upkeep import people
    from gateway.commands.upkeep.stores import existing_gateway

    with existing_gateway(settings_from(**options), ready_file) as gateway:
        told = people.exported(gateway, people.found(gateway, person))
    _show(told)


@click.command("erase-person")
@_person
@click.option("--yes", is_flag=True, help="Do not ask.")
@_ready_file
@_data_dir
@one_sentence
def erase_person(person: str, yes: bool, ready_file: Path | None, **options: Any) -> None:
    """Erase a person, and print a receipt as JSON. There is no way back.

    PERSON is a login name, a phone number, a resident ID number, or an account id. The receipt has the account id:
    erase the person again by it after an older backup was restored.
    """
    from gateway.commands.upkeep import people
    from gateway.commands.upkeep.stores import existing_gateway

    settings = settings_from(**options)
    with existing_gateway(settings, ready_file) as gateway:
        account = people.found(gateway, person)
        if not yes:
            question = say("Erase the account {login_name} for ever?", login_name=account.login_name)
            click.confirm(question, abort=True, err=True)
        private = not settings.redis_url.get_secret_value()
        receipt = people.erased(gateway, account, private_redis=private)
    _show(receipt)


_file = click.argument("file", type=click.Path(path_type=Path), metavar="FILE")


@click.command("backup")
@_file
@_ready_file
@_data_dir
@one_sentence
def back_up(file: Path, ready_file: Path | None, **options: Any) -> None:
    """Write SQLite, the private Redis and the server key, as of one moment, into FILE. The gateway may keep running.

    FILE must not exist; its owner alone can read it. With PAIRING_SERVER_KEY the key is not in it.
    """
    from gateway.commands.upkeep import backup

    backup.back_up(settings_from(**options), file, ready_file)
    click.echo(say("The backup is {file}, {size} bytes.", file=file, size=file.stat().st_size))


@click.command("restore")
@_file
@_data_dir
@one_sentence
def restore(file: Path, **options: Any) -> None:
    """Unpack a backup into a data directory without a gateway's data; start `serve` on it then."""
    from gateway.commands.upkeep import backup

    settings = settings_from(**options)
    manifest = backup.restore(settings, file)
    click.echo(say("The backup of {made_at} is in {folder}.", made_at=manifest["made_at"], folder=settings.data_dir))
    if backup.KEY not in manifest["parts"]:
        click.echo(say("The server key is not in it: set PAIRING_SERVER_KEY as before."))


@click.command()
@_data_dir
@one_sentence
def adopt(**options: Any) -> None:
    """Accept this database, Redis and server key as belonging together.

    Use it after a server key was lost, or after a database or Redis was replaced on purpose, when `serve` refuses to
    start. After a new key all phones log in again.
    """
    from gateway.commands import processes
    from gateway.commands.data_directory import data_directory
    from gateway.commands.preparation import adopt_all
    from gateway.commands.running import Running
    from gateway.core import build_core
    from gateway.foundation.offload import here

    settings = settings_from(**options)
    running = Running(settings, None)
    with data_directory(settings), processes.redis_for(settings, running) as (settled, redis_answers):
        redis_answers()
        core = build_core(settled, here)
        adopt_all(core)
        core.database.close()
    click.echo(say("Database, Redis and server key belong together."))


def _show(told: dict[str, Any]) -> None:
    import json

    click.echo(json.dumps(told, ensure_ascii=False, indent=2))


@click.command("copy-database")
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
@one_sentence
def copy_database(source: str, target: str) -> None:
    """Copy every row of a gateway's database into an empty one: from SQLite to PostgreSQL, or back.

    FROM and TO are data directories or URLs (postgresql://user@host/database). Stop the gateways first. A URL without
    a password takes it from PGPASSWORD or ~/.pgpass, where no list of processes shows it.
    """
    from gateway.commands.upkeep import copy_database as copying

    progress = copying.Progress(lambda **values: click.echo(say("{table}: {done} of {rows} rows", **values), err=True))
    rows, database = copying.copy(settings_from(), source, target, progress)
    click.echo(say("{rows} rows are in {database}.", rows=rows, database=database))
    click.echo(say("Start the gateways on it with the server key and the Redis that they had."))


COMMANDS = (adopt, rotate_keys, export_person, erase_person, back_up, restore, copy_database)
