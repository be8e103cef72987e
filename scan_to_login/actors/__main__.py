"""``python -m scan_to_login.actors``: the gateway starts it, and passes calls to `/sim/v1/phones` and `clients` on.

One process for all workers holds what phones and clients remember. It serves a Unix socket that it has inherited.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import socket
import sys
from collections.abc import Iterable
from typing import Any, Final

from app_simulator.actor.phones import Look, Phones
from app_simulator.actor.rest import phones_app
from client_stub.actor.clients import Clients
from client_stub.actor.rest import clients_app
from scan_to_login.actor_server import serve_at
from scan_to_login.actor_wire.phones import MOST_BYTES
from scan_to_login.terminal.spans import exported

_ADDRESS: Final = "127.0.0.1"  # of who calls over the socket, which only the gateway's owner can open


def main() -> None:
    """Serve until SIGTERM; print ``ready`` before the first request."""
    options = argparse.ArgumentParser()
    options.add_argument("--listener", type=int, required=True)
    options.add_argument("--gateway", required=True)
    options.add_argument("--ca-file", default="")
    given = options.parse_args()
    verify = given.ca_file or True
    clients = Clients(given.gateway, verify)

    def screen_of(client_id: str) -> Look:
        clients.get(client_id)
        return lambda since, wait: clients.get(client_id).screen(since, wait)

    phones = Phones(given.gateway, verify, screen_of=screen_of, of_a_gateway=True)
    of_phones, of_clients = phones_app(phones), clients_app(clients)

    def app(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        environ["REMOTE_ADDR"] = _ADDRESS
        chosen = of_clients if environ["PATH_INFO"].startswith("/clients") else of_phones
        return chosen(environ, start_response)

    try:
        with exported("scan-to-login-actors"):
            serve_at(socket.socket(fileno=given.listener), app, MOST_BYTES, _say_ready)
    finally:
        phones.close()
        clients.close()
    sys.stdout.flush()
    os._exit(0)  # threads that wait for a gateway that has gone hold nobody up


def _say_ready() -> None:
    with contextlib.suppress(OSError):  # the gateway has ended
        print("ready", flush=True)


if __name__ == "__main__":
    main()
