"""The subcommand `exec`: it reads its options and calls ``gateway.commands.run_with_gateway``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, NoReturn

import click


@click.command("exec", context_settings={"allow_interspersed_args": False})
@click.option("--port", type=click.IntRange(0, 65535), default=0, metavar="P", help="Port to listen on (a free one).")
@click.option("--workers", type=click.IntRange(1, 64), metavar="N", help="Worker processes on that port (1).")
@click.option("--seed", metavar="demo|FILE", help="People and units to start with (demo).")
@click.option("--data-dir", type=click.Path(path_type=Path), metavar="D", help="Folder for all data (a temporary one).")
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
def exec_command(command: tuple[str, ...], data_dir: Path | None, **options: Any) -> NoReturn:
    """Run COMMAND with a gateway of its own, and exit with its exit code.

    The gateway has the simulation on. Its address is in the environment of COMMAND: PAIRING_URL, PAIRING_SIM_URL,
    PAIRING_SIM_TOKEN, and PAIRING_READY, the path of the ready file.
    """
    # Imported here, since the help of all commands needs no processes.
    from gateway.commands.run_with_gateway import CommandNotRun, Execution, complain

    given = [word for name, value in options.items() if value is not None for word in (f"--{name}", str(value))]
    try:
        code = Execution(command, given, data_dir).run()
    except CommandNotRun as end:
        complain(str(end))
        code = end.code
    sys.exit(code)
