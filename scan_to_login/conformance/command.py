"""``gateway conformance URL``."""

from __future__ import annotations

import os
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
    "--report", "file", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Write it, as Markdown."
)
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.option("--lang", type=click.Choice(["zh", "en"]), help="Language of the report (PAIRING_LANG, else the locale).")
def conformance(
    url: str,
    seed: str,
    accounts: tuple[str, ...],
    sim_token: str,
    file: Path | None,
    as_json: bool,
    lang: str | None,
) -> None:
    """Send the gateway at URL, yours or another, all that this wire must refuse, and report each answer.

    A gateway with our control plane is started over before each check: not one that others use. Exit code 1 if a
    rule is broken.
    """
    from scan_to_login.conformance import runner as checks
    from scan_to_login.conformance.report import Report, counts
    from scan_to_login.errors import StartupError
    from scan_to_login.terminal.language import choose_language
    from scan_to_login.testing.external_gateway import ExternalGateway

    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="backslashreplace")  # a locale without Chinese does not end the report
    with ExternalGateway(url, seed, sim_token) as gateway:
        language = choose_language(lang, os.environ)
        report = Report(gateway.url, language)
        try:
            known = [account.login_name for account in gateway.seed.accounts if not account.locked]
        except StartupError as error:
            raise click.ClickException(error.said(language)) from None
        chosen = list(accounts) or known[:2]
        if len(chosen) != 2 or not set(chosen) <= set(known):
            names = ", ".join(known) or report.say("nobody")
            raise click.ClickException(report.say("accounts", seed=seed, known=names))
        try:
            gateway.reach()
        except StartupError as error:
            raise click.ClickException(error.said(language)) from None
        results = []
        for result in checks.run(gateway, *chosen):
            results.append(result)
            if not as_json:
                color = {"held": "green", "broken": "red"}.get(result.outcome, "yellow")
                for first, beside in report.lines(result):
                    click.echo(f"{click.style(first, fg=color)}  {beside}")
    click.echo(report.as_json(results) if as_json else report.summary(results))
    if file is not None:
        file.write_text(report.as_markdown(results), "utf-8")
    if counts(results)[checks.Outcome.BROKEN]:
        sys.exit(1)
