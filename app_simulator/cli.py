"""The command line ``app-simulator``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from app_simulator import commands
from app_simulator.errors import PhoneCode, PhoneError
from app_simulator.texts import Texts
from scan_to_login.errors import CallError
from scan_to_login.terminal.command_line import Program
from scan_to_login.terminal.exit_codes import Exit, exit_of

EXITS: Final[Mapping[str, Exit]] = {
    PhoneCode.CONNECTION_FAILED: Exit.UNREACHABLE,
    PhoneCode.CONNECTION_TIMEOUT: Exit.UNREACHABLE,
    PhoneCode.CONNECTION_INSECURE: Exit.UNREACHABLE,
    PhoneCode.NOT_A_GATEWAY: Exit.UNREACHABLE,
    PhoneCode.BAD_GATEWAY_URL: Exit.USAGE,
    PhoneCode.NUMBER_REQUIRED: Exit.USAGE,
    PhoneCode.NOT_LOGGED_IN: Exit.NOT_LOGGED_IN,
    PhoneCode.STATE_UNREADABLE: Exit.NOT_LOGGED_IN,
    **{code: Exit.QR for code in PhoneCode if code.startswith("qr_")},
}


def run(arguments: Sequence[str]) -> int:
    """Run one command. In: the arguments without the program's name. Out: the exit code."""
    return PROGRAM.run(arguments)


def _refused(error: CallError, texts: Texts, arguments: Sequence[str]) -> int:
    if "--json" in arguments:
        import json

        from app_simulator.terminal.output import Terminal

        told = {"code": error.code, "detail": error.detail, "status": error.status, **error.extra}
        Terminal(Texts(), as_json=True).answer({"error": json.loads(json.dumps(told, default=str))})
    PROGRAM.complain(error.sentence(texts) if isinstance(error, PhoneError) else error.whole)
    return exit_of(error.code, EXITS)


PROGRAM: Final = Program("app-simulator", commands, Texts, "help.app", "{name}.help", _refused)
