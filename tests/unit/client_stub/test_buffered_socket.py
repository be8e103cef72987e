"""The connection's socket is read by the buffer, and answers what a plain one answers."""

from __future__ import annotations

import socket
from contextlib import closing

import pytest

from client_stub.connection.websocket_connection import _BufferedSocket


def test_what_came_at_once_is_read_in_one_go_and_told_in_parts() -> None:
    plain, peer = socket.socketpair()
    with closing(peer), closing(_BufferedSocket(plain)) as buffered:
        peer.sendall(b"HTTP/1.1 101\r\n\r\n\x81\x01x")
        assert [buffered.recv(1), buffered.recv(15)] == [b"H", b"TTP/1.1 101\r\n\r\n"]
        with pytest.raises(BlockingIOError):
            socket.socket.recv(buffered, 1, socket.MSG_DONTWAIT)  # the rest is here, and not in the kernel
        assert [buffered.recv(2), buffered.recv(9)] == [b"\x81\x01", b"x"]


def test_an_end_and_a_time_out_are_those_of_a_plain_socket() -> None:
    plain, peer = socket.socketpair()
    plain.settimeout(0.01)
    with closing(_BufferedSocket(plain)) as buffered:
        with closing(peer):
            with pytest.raises(TimeoutError):
                buffered.recv(1)
            peer.sendall(b"ab")
        assert [buffered.recv(1), buffered.recv(5), buffered.recv(5)] == [b"a", b"b", b""]
        assert plain.fileno() == -1
