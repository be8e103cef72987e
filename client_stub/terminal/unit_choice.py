"""From a session to a verified unit: the choice of the unit, its password, and a captcha if one is due."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click
from rich.console import Console

from client_stub.client import Client
from client_stub.errors import ClientError, LocalCode
from client_stub.model import Login, Session, Unit
from client_stub.terminal.catalog import Catalog, sentence
from client_stub.terminal.output import Output
from scan_to_login.captcha import Captcha, CaptchaImage
from scan_to_login.messages import printable
from scan_to_login.protocol import Code, NextStep
from scan_to_login.terminal.qr import qr_or_sentence
from scan_to_login.terminal.records import Records

T = TypeVar("T")

_ASK_AGAIN = (
    Code.DECLARATION_PASSWORD_INVALID,
    Code.DECLARATION_PASSWORD_REQUIRED,
    Code.UNIT_CREDENTIALS_INVALID,
)
FORGOTTEN = "?"
_CAPTCHA_DUE = (Code.CAPTCHA_REQUIRED, Code.CAPTCHA_INVALID)


class UnitChoice:
    """Passes unit verification (单位办税验证).

    ``asking``: whether there is a person to ask. ``captcha`` answers the first captcha without asking.
    """

    def __init__(self, client: Client, view: Output, say: Catalog, *, asking: bool, captcha: str | None = None) -> None:
        self._client = client
        self._view = view
        self._say = say
        self._asking = asking
        self._captcha = captcha

    def verify(self, login: Login, unit: str | None, declaration_password: str | None) -> Session:
        """Verify the named unit, or the only one, or the person's choice from the list.

        Raises ClientError, also without a person to ask for a choice or a password.
        """
        if login.next == NextStep.NONE:
            return self._client.session()
        chosen, bound = self._choose(login, unit)
        password = declaration_password
        while True:
            if password is None and chosen.password_required:
                password = self._ask_password(chosen)
            try:
                return self._attempt(chosen, password, bound=bound)
            except ClientError as error:
                given = declaration_password is not None
                if given or not self._asking or error.code not in _ASK_AGAIN:
                    raise
                self._view.note(sentence(error, self._say))
                password = self._ask_password(chosen)

    def with_captcha(self, call: Callable[[Captcha | None], T], picture: Callable[[], CaptchaImage]) -> T:
        """Make a call, and repeat it with a captcha while the gateway asks for one and a person can read it.

        ``picture`` asks for the captcha of this call.
        """
        captcha: Captcha | None = None
        while True:
            try:
                return call(captcha)
            except ClientError as error:
                if error.code not in _CAPTCHA_DUE or not (self._asking or self._captcha):
                    raise
                if not self._captcha:
                    self._view.note(sentence(error, self._say))
            captcha = self._answer_captcha(picture())

    def _attempt(self, unit: Unit, password: str | None, *, bound: bool) -> Session:
        def attempt(captcha: Captcha | None) -> Session:
            if bound:
                return self._client.verify_unit(unit.taxpayer_id, password, captcha)
            return self._client.bind_unit(unit.taxpayer_id, password or "", captcha)

        return self.with_captcha(attempt, lambda: self._client.captcha(unit=unit.taxpayer_id))

    def _choose(self, login: Login, wanted: str | None) -> tuple[Unit, bool]:
        if wanted is None and not login.units and self._asking:
            wanted = str(click.prompt(self._say("ask.taxpayer_id"))).strip()
        if wanted is not None:
            taxpayer_id = self._client.taxpayer_id(wanted)
            for unit in login.units:
                if unit.taxpayer_id == taxpayer_id:
                    return unit, True
            return Unit(taxpayer_id, taxpayer_id), False
        if len(login.units) == 1:
            return login.units[0], True
        if not login.units or not self._asking:
            known = ", ".join(unit.taxpayer_id for unit in login.units) or "–"
            raise ClientError(LocalCode.UNIT_NEEDED, "Say which unit to verify.", extra={"units": known})
        return self._ask_unit(login.units), True

    def _ask_unit(self, units: tuple[Unit, ...]) -> Unit:
        say = self._say
        heads = [say(column) for column in ("unit.number", "unit.name", "unit.taxpayer_id", "unit.password")]
        rows = []
        for number, unit in enumerate(units, start=1):
            password = say("unit.password_needed" if unit.password_required else "unit.password_free")
            rows.append((str(number), printable(unit.name), printable(unit.taxpayer_id), password))
        records = Records(heads, rows, boxed=True, title=say("unit.choose"))
        Console(highlight=False, markup=False).print(records)
        while True:
            answer = str(click.prompt(say("ask.unit", count=len(units)))).strip()
            if answer.isascii() and answer.isdigit() and 1 <= int(answer) <= len(units):
                return units[int(answer) - 1]
            self._view.note(say("usage.unknown_unit", answer=answer, count=len(units)))

    def _ask_password(self, unit: Unit) -> str:
        if not self._asking:
            raise ClientError(
                LocalCode.PASSWORD_NEEDED,
                f"The declaration password of {unit.name} is needed.",
                extra={"unit": unit.name},
            )
        while True:
            typed = str(click.prompt(self._say("ask.declaration_password", unit=printable(unit.name)), hide_input=True))
            if typed != FORGOTTEN:
                return typed
            self._offer_reset(unit)

    def _offer_reset(self, unit: Unit) -> None:
        offer = self._client.reset_offer(unit.taxpayer_id)
        console = Console(highlight=False)
        console.print(qr_or_sentence(offer.qr, console, self._say.language), soft_wrap=True)
        self._view.note(self._say("reset.offer", link=offer.link))
        self._view.note(self._say("reset.qr", qr=offer.qr))

    def _answer_captcha(self, image: CaptchaImage) -> Captcha:
        if self._captcha:
            answer, self._captcha = self._captcha, None  # once: a wrong answer must not be sent again
            return Captcha(image.captcha_id, answer)
        with tempfile.NamedTemporaryFile(prefix="captcha-", suffix=".png", delete=False) as file:
            file.write(image.png)
        path = Path(file.name)
        try:
            self._view.note(self._say("captcha.file", path=path))
            return Captcha(image.captcha_id, str(click.prompt(self._say("ask.captcha"))).strip())
        finally:
            path.unlink(missing_ok=True)
