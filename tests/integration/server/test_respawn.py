"""The parent replaces a dead worker; a worker that cannot start is tried less and less often."""

from __future__ import annotations

import os
import re
import signal

import pytest
import requests

from gateway.foundation.database import schema
from scan_to_login.testing.live import LiveGateway
from tests.integration.commands.test_gateway_command import gateway as command
from tests.integration.scale.servers import until


def pauses(gateway: LiveGateway) -> list[float]:
    """Seconds that were waited before each new try, as the log tells."""
    return [float(found) for found in re.findall(r'pause"?[=:] ?([\d.]+)', gateway.log)]


def answers(gateway: LiveGateway) -> bool:
    """True if a call is answered; at the socket of the dead worker it waits for the next worker."""
    try:
        return requests.get(f"{gateway.url}/healthz", timeout=2).ok
    except requests.Timeout:
        return False


@pytest.mark.slow
def test_a_worker_that_cannot_start_is_tried_less_and_less_often_while_the_others_serve() -> None:
    """Its schema is too old; once that is mended, it comes."""
    with LiveGateway(workers=2) as gateway:
        where = {"PAIRING_DATA_DIR": str(gateway.data_dir)}
        assert command("migrate", "--to", schema.revisions()[-2], **where).returncode == 0
        died = gateway.ready["workers"][0]
        os.kill(died, signal.SIGKILL)
        until("it was tried three times", lambda: len(pauses(gateway)) >= 4, 90)
        until("the other one answers", lambda: answers(gateway))
        assert command("migrate", **where).returncode == 0
        until("another serves in its place", lambda: died not in gateway.reread()["workers"], 60)
        assert pauses(gateway)[1:4] == [2 * before for before in pauses(gateway)[:3]]
