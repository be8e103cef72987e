"""Exit codes of `app-simulator` and `client-stub`: one table, listed in ``--help``."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from typing import Final

from scan_to_login.protocol import Code
from scan_to_login.terminal.language import Text


class Exit(IntEnum):
    """What a command exits with; 0, 1, 2, 70 and 130 are the gateway's too."""

    DONE = 0
    REFUSED = 1
    USAGE = 2
    REJECTED = 3
    EXPIRED = 4
    CANCELLED = 5
    UNIT_REFUSED = 6
    UNREACHABLE = 7
    NOT_LOGGED_IN = 8
    QR = 9
    FAULT = 70
    INTERRUPTED = 130


MEANING: Final[Mapping[Exit, Text]] = {
    Exit.DONE: Text(
        "done; `client-stub login`: the unit is verified", "成功；`client-stub login`：登录成功且单位办税验证通过"
    ),
    Exit.REFUSED: Text("the gateway refused, or it cannot be done", "网关拒绝，或操作无法完成"),
    Exit.USAGE: Text("the command line is wrong or lacks something", "命令行有误或不完整"),
    Exit.REJECTED: Text("the login was rejected on the phone", "手机端拒绝"),
    Exit.EXPIRED: Text("the ticket expired, or --timeout ran out", "二维码过期或等待超时"),
    Exit.CANCELLED: Text("the client cancelled the ticket", "客户端已取消登录请求"),
    Exit.UNIT_REFUSED: Text("logged in, but no unit was verified", "已登录，但单位办税验证未通过"),
    Exit.UNREACHABLE: Text("the gateway is unreachable or unavailable", "网关无法连接或不可用"),
    Exit.NOT_LOGGED_IN: Text("not logged in, or the session has ended", "未登录，或登录已失效"),
    Exit.QR: Text("the QR code cannot be used", "二维码不可用"),
    Exit.FAULT: Text("a fault of this program", "程序内部错误"),
    Exit.INTERRUPTED: Text("interrupted", "已中断"),
}

_OF_CODES: Final[Mapping[str, Exit]] = {
    Code.UNAVAILABLE: Exit.UNREACHABLE,
    Code.NOT_ACKNOWLEDGED: Exit.UNREACHABLE,
    Code.TICKET_REJECTED: Exit.REJECTED,
    Code.TICKET_EXPIRED: Exit.EXPIRED,
    Code.TICKET_CANCELLED: Exit.CANCELLED,
    Code.UNAUTHENTICATED: Exit.NOT_LOGGED_IN,
    Code.OTP_TRIES_EXHAUSTED: Exit.NOT_LOGGED_IN,
}


def exit_of(code: str, own: Mapping[str, Exit], otherwise: Exit = Exit.REFUSED) -> Exit:
    """The exit code for an error's code; ``own`` are those of the program's own codes, and come first."""
    return own.get(code) or _OF_CODES.get(code, otherwise)
