"""A login by OAuth's two flows, from the client's first request to its tokens, beside oidc-provider."""

from __future__ import annotations

from contextlib import ExitStack

from bench import targets
from bench.figures import Readings, share_of_core, spread, table
from bench.generator import generate
from bench.progress import say
from bench.report import Section
from bench.targets import OURS, WIDE

PEER = "oidc-provider"
FLOWS = {"device": "device flow", "code": "code flow"}


def run(*, short: bool) -> Section:
    """Measure both flows at saturation, in interleaved rounds."""
    rounds, logins = (1, 60) if short else (3, 240)
    readings = Readings()
    with ExitStack() as stack:
        measured, remarks = targets.started(stack, {OURS: targets.gateway(), PEER: targets.device()})
        for number in range(rounds + 1):  # the first warms up
            for name, target in measured.items():
                for flow, title in FLOWS.items():
                    say(f"round {number} of {rounds}: {name}, {logins} logins by {title}")
                    seen = generate(target, "oauth_saturated", flows=logins, wide=WIDE, flow=flow, ours=name == OURS)
                    if number:
                        readings.add(f"{title}, {name}", seen)
    return section(readings, remarks)


def section(readings: Readings, remarks: list[str]) -> Section:
    """The table of what was read."""
    rows = [
        (
            name,
            spread(readings.values(name, "server_cpu_us")),
            spread(readings.values(name, "redis_cpu_us")),
            spread(readings.values(name, "flows_per_second")),
            share_of_core(readings.values(name, "generator_load")),
        )
        for title in FLOWS.values()
        for name in readings.names
        if name.startswith(title)
    ]
    heads = ("login by", "server CPU µs a login", "Redis µs", "logins a second", "generator, of a core")
    lines = [
        *table(heads, rows),
        "",
        "At the gateway a person scans and confirms with a one-time code, audited; the code flow serves a page beside.",
        f"At `{PEER}` the person is one call that checks nothing, and the login page is a redirect.",
    ]
    return Section(
        title="Beside another OpenID Connect provider",
        lines=lines,
        remarks=remarks,
        generator_loads=readings.generator_loads(),
    )
