"""``gateway conformance URL``."""

from __future__ import annotations

import sys
from pathlib import Path

import click


@click.command()
@click.argument("url")
@click.option("--seed", default="demo", show_default=True, metavar="demo|FILE", help="Who the people there are.")
@click.option(
    "--account",
    "accounts",
    multiple=True,
    metavar="LOGIN_NAME",
    help="Two people of the seed that may log in (its first two).",
)
@click.option("--sim-token", default="", envvar="PAIRING_SIM_TOKEN", help="Token of its control plane, if it has one.")
@click.option(
    "--report", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Write it, as Markdown."
)
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def conformance(
    url: str, seed: str, accounts: tuple[str, ...], sim_token: str, report: Path | None, as_json: bool
) -> None:
    """Try on the gateway at URL, whoever wrote it, what this wire must refuse, and report what held.

    A gateway with our control plane is started over before each check: not one that others use. Exit code 1 if a
    rule is broken.
    """
    from gateway.testing import conformance as checks
    from gateway.testing.foreign import ForeignGateway

    with ForeignGateway(url, seed, sim_token) as gateway:
        known = [account.login_name for account in gateway.seed.accounts if not account.locked]
        chosen = list(accounts) or known[:2]
        if len(chosen) != 2 or not set(chosen) <= set(known):
            raise click.ClickException(
                f"Two accounts of the seed {seed} are needed; it has {', '.join(known) or 'none'}."
            )
        results = []
        for result in checks.run(gateway, *chosen):
            results.append(result)
            if not as_json:
                color = {"held": "green", "broken": "red"}.get(result.outcome, "yellow")
                click.echo(f"{click.style(f'{result.outcome:9}', fg=color)}  {result.rule}")
                if result.detail:
                    click.echo(f"           {result.detail}")
        if as_json:
            click.echo(checks.as_json(gateway.url, results))
        else:
            click.echo(", ".join(f"{count} {outcome}" for outcome, count in checks.counts(results).items()) + ".")
        if report is not None:
            report.write_text(checks.as_markdown(gateway.url, results), "utf-8")
    if checks.counts(results)[checks.Outcome.BROKEN]:
        sys.exit(1)
