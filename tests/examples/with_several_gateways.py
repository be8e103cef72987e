"""A gateway for each worker of a parallel run: the first starts normally, the others are forks."""

import time

from scan_to_login.testing import LiveGateway

gateways = []
try:
    for which in ("first", "second", "third"):
        began = time.perf_counter()
        gateways.append(LiveGateway().start())
        print(f"{which} gateway: ready in {time.perf_counter() - began:.2f} s at {gateways[-1].url}")
    for gateway in gateways:
        gateway.control.clock.advance(minutes=5)  # its clock, faults, people and reset are its own
finally:
    for gateway in gateways:
        gateway.stop()
