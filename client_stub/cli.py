"""The command line ``client-stub``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from client_stub import commands
from client_stub.errors import ClientError
from client_stub.terminal.catalog import Catalog, sentence
from client_stub.terminal.exits import EXITS
from scan_to_login.errors import CallError
from scan_to_login.terminal.command_line import Program
from scan_to_login.terminal.exit_codes import exit_of


def run(arguments: Sequence[str]) -> int:
    """Run one command. In: the arguments without the program's name. Out: the exit code."""
    return PROGRAM.run(arguments)


def _refused(error: CallError, say: Catalog, _arguments: Sequence[str]) -> int:
    PROGRAM.complain(sentence(error, say) if isinstance(error, ClientError) else error.whole)
    return exit_of(error.code, EXITS)


PROGRAM: Final = Program("client-stub", commands, Catalog, "help.program", "help.{name}", _refused)
