"""A process that has imported a gateway's modules and forks gateways: further gateways of a test run start at once.

``scan_to_login.testing`` starts one for a test run, and so does the npm package. A request over its socket is one JSON
object for a gateway. Python sends three descriptors with it: the gateway's standard output, its standard error, and a
pipe for its process id and, later, how it ended. Node cannot send any, and the request has a port and two tokens: the
gateway connects to that port, once for its standard input and output and once for its standard error; how it ended is
told over the forkserver's own socket. The forkserver has no thread, so a fork copies none.
"""

from __future__ import annotations

import contextlib
import gc
import io
import json
import os
import signal
import sys
from _socket import AF_INET, CMSG_SPACE, SOCK_STREAM, socket  # the plain one, whatever eventlet has put into its place
from typing import Any

from scan_to_login.processes import end_with_parent

REQUEST_BYTES = 1_048_576
LENGTH_BYTES = 4
DESCRIPTORS = 3


class _Forkserver:
    def __init__(self) -> None:
        self._reports: dict[int, int] = {}  # by process id: the pipe on which its end is told

    def fork(self, line: socket) -> list[str] | None:
        """Fork until nobody asks any more, then None; in each child the arguments of its command."""
        signal.signal(signal.SIGCHLD, self._reap)
        while request := _received(line):
            asked, descriptors = request
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
            child = os.fork()
            if child == 0:
                line.close()
                for report in self._reports.values():
                    os.close(report)
                return _become(asked, descriptors)
            if descriptors:
                out, errors, report = descriptors
                os.close(out)
                os.close(errors)
                _tell(report, f"{child}\n")
            else:
                report = os.dup(line.fileno())
            self._reports[child] = report
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
        return None

    def _reap(self, *_signal: Any) -> None:
        with contextlib.suppress(ChildProcessError):
            while (ended := os.waitpid(-1, os.WNOHANG))[0]:
                child, status = ended
                report = self._reports.pop(child)
                _tell(report, f"{child} {os.waitstatus_to_exitcode(status)}\n")
                os.close(report)


def fork(descriptor: int) -> list[str] | None:
    """Fork gateways for the process at the other end of the socket, until that end is closed.

    Answers in each child: the arguments that it is to be run with, its environment and output being set already.
    In the forkserver itself: None, at the end.
    """
    gc.freeze()
    return _Forkserver().fork(socket(fileno=descriptor))


def _received(line: socket) -> tuple[dict[str, Any], list[int]] | None:
    size = DESCRIPTORS * LENGTH_BYTES
    head, ancillary, _, _ = line.recvmsg(LENGTH_BYTES, CMSG_SPACE(size))
    if len(head) < LENGTH_BYTES:
        return None
    sent = b"".join(data for _, _, data in ancillary)
    descriptors = [int.from_bytes(sent[at : at + 4], sys.byteorder) for at in range(0, len(sent), 4)]
    length = int.from_bytes(head, "big")
    data = b""
    while len(data) < length:
        piece = line.recv(min(length - len(data), REQUEST_BYTES))
        if not piece:
            return None
        data += piece
    asked: dict[str, Any] = json.loads(data)
    return asked, descriptors


def _become(asked: dict[str, Any], descriptors: list[int]) -> list[str]:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
    os.setsid()
    if descriptors:
        _take(descriptors)
    else:
        _connect_back(asked["port"], asked["tokens"])
    os.environ.clear()
    os.environ.update(asked["environment"])
    os.chdir(asked["folder"])
    return list(asked["arguments"])


def _take(descriptors: list[int]) -> None:
    """Write to these; end with the forkserver, for standard input is nobody's."""
    end_with_parent()
    out, errors, report = descriptors
    os.dup2(out, 1)
    os.dup2(errors, 2)
    for descriptor in (out, errors, report):
        os.close(descriptor)


def _connect_back(port: int, tokens: list[str]) -> None:
    """Read from and write to the program that asked; where it is gone, standard input is at its end."""
    for token, numbers in zip(tokens, ((0, 1), (2,)), strict=True):
        connection = socket(AF_INET, SOCK_STREAM)
        try:
            connection.connect(("127.0.0.1", port))
            connection.sendall(f"{token}{os.getpid():>10}".encode())
            descriptor = connection.detach()
        except OSError:
            descriptor = os.open(os.devnull, os.O_RDWR)
        for number in numbers:
            os.dup2(descriptor, number)
        os.close(descriptor)


def _tell(report: int, words: str) -> None:
    # The test run that asked may be gone. Not os.write: under eventlet that tries for ever where the reader is gone.
    with contextlib.suppress(OSError), io.FileIO(report, "w", closefd=False) as pipe:
        pipe.write(words.encode())
