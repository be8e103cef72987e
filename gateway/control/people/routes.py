"""Routes of the simulated outside world: SMS, captcha texts, and the hall's counter."""

from typing import Annotated

from pydantic import Field, StringConstraints

from gateway.accounts.account_status import AccountStatus
from gateway.control.people.captchas import CaptchaReader
from gateway.control.people.faces import FaceOutcome, SimulatedFaces
from gateway.control.people.outbox import Outbox
from gateway.foundation.clock import Clock
from gateway.http.routes import Answer, Body, Call, Router
from gateway.registration.password_reset import ResetService
from gateway.registration.routes import IdTypeField
from gateway.registration.service import RegistrationService
from gateway.registration.sms import Purpose
from scan_to_login.protocol import Code
from scan_to_login.request_shapes import Query
from scan_to_login.rules.identifiers import folded_phone

Text = Annotated[str, StringConstraints(min_length=1, max_length=256)]


class OutboxQuery(Query):
    """The phone, the last known message, and the time to wait for one."""

    phone: str = ""
    since: str = Field("", pattern=r"^([0-9]{1,15}-[0-9]{1,9})?$", description="`message_id` of the last message seen")
    wait: float = Field(0, ge=0, le=30, description="seconds")


class MessageView(Answer):
    """A message on a phone."""

    message_id: str
    at: int = Field(description="milliseconds of the gateway's clock")
    phone: str
    purpose: Purpose
    code: str
    text: str


class MessageList(Answer):
    """Messages, oldest first."""

    messages: list[MessageView]


class CaptchaAnswerView(Answer):
    """The text of a captcha's image."""

    answer: str


class CaptchaSetting(Answer):
    """The text of every captcha; null means a new text each."""

    always: str | None


class CaptchaSettingBody(Body):
    """The text of every captcha from now on; null means a new text each."""

    always: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z]{1,8}$")] | None


class CounterBody(Body):
    """A person at the counter with their document."""

    name: Text
    id_type: IdTypeField
    id_number: Text


class NewPasswordBody(CounterBody):
    """The password that the clerk sets."""

    new_password: Text


class FaceSetting(Answer):
    """What every face recognition finds."""

    outcome: FaceOutcome


class FaceSettingBody(Body):
    """What every face recognition finds from now on, until the next reset."""

    outcome: Annotated[FaceOutcome, Field(strict=False)]


class StandingBody(Body):
    """Whether to disable the account."""

    disabled: bool


class IssuedCode(Answer):
    """A registration code; it voids the person's previous one."""

    registration_code: str
    expires_at: int = Field(description="milliseconds of the gateway's clock")
    expires_in: int = Field(description="seconds")


def router(
    outbox: Outbox,
    captchas: CaptchaReader,
    faces: SimulatedFaces,
    registrations: RegistrationService,
    resets: ResetService,
    account_status: AccountStatus,
    clock: Clock,
    prefix: str,
) -> Router:
    """Part of the control plane's routes."""

    def read_outbox(call: Call) -> MessageList:
        """SMS messages; with `wait`, answers as soon as there is one."""
        query: OutboxQuery = call.query
        found = outbox.messages(folded_phone(query.phone), query.since, query.wait)
        return MessageList(
            messages=[
                MessageView(
                    message_id=message.message_id,
                    at=message.at,
                    phone=message.phone,
                    purpose=Purpose(message.purpose),
                    code=message.code,
                    text=message.text,
                )
                for message in found
            ]
        )

    def read_captcha(call: Call) -> CaptchaAnswerView:
        """The answer to a captcha."""
        return CaptchaAnswerView(answer=captchas.answer(call.path["captcha_id"]))

    def captcha_setting(_call: Call) -> CaptchaSetting:
        """The one answer of all captchas, if it is set."""
        return CaptchaSetting(always=captchas.always or None)

    def set_captchas(_call: Call, body: CaptchaSettingBody) -> CaptchaSetting:
        """Give every captcha the same answer, such as `0000`, for tests that are not about captchas."""
        captchas.set_always(body.always or "")
        return CaptchaSetting(always=captchas.always or None)

    def face_setting(_call: Call) -> FaceSetting:
        """The outcome of face recognition."""
        return FaceSetting(outcome=faces.outcome)

    def set_faces(_call: Call, body: FaceSettingBody) -> FaceSetting:
        """Decide whether face recognition at registration recognizes people, does not, or does not answer."""
        faces.set(FaceOutcome(body.outcome))
        return FaceSetting(outcome=faces.outcome)

    def issue_registration_code(_call: Call, body: CounterBody) -> IssuedCode:
        """Get a registration code at the hall."""
        code, expires_at = registrations.issue_code(body.name, body.id_type, body.id_number)
        left = -(-(expires_at - clock.now_ms()) // 1000)
        return IssuedCode(registration_code=code, expires_at=expires_at, expires_in=left)

    def reset_password_at_hall(_call: Call, body: NewPasswordBody) -> None:
        """Set an account's password at the hall, the last resort. Unlocks the account and ends its sessions."""
        resets.at_hall(body.name, body.id_type, body.id_number, body.new_password)

    def set_standing(call: Call, body: StandingBody) -> None:
        """Disable an account, which ends its sessions, devices and open tickets, or enable it again."""
        account_status.set(call.path["login_name"], disabled=body.disabled)

    room = Router("simulated people", prefix)
    room.add("GET", "/outbox/sms", read_outbox, query=OutboxQuery, returns=MessageList)
    room.add("GET", "/captchas", captcha_setting, returns=CaptchaSetting)
    room.add("PUT", "/captchas", set_captchas, body=CaptchaSettingBody, returns=CaptchaSetting)
    room.add("GET", "/captchas/<captcha_id>", read_captcha, returns=CaptchaAnswerView, codes=(Code.NOT_FOUND,))
    room.add("GET", "/faces", face_setting, returns=FaceSetting)
    room.add("PUT", "/faces", set_faces, body=FaceSettingBody, returns=FaceSetting)
    room.add(
        "POST",
        "/hall/registration-codes",
        issue_registration_code,
        body=CounterBody,
        returns=IssuedCode,
        status=201,
        codes=(Code.DOCUMENT_TAKEN,),
    )
    room.add("POST", "/hall/password-resets", reset_password_at_hall, body=NewPasswordBody, codes=(Code.NOT_FOUND,))
    room.add("PUT", "/hall/accounts/<login_name>", set_standing, body=StandingBody, codes=(Code.NOT_FOUND,))
    return room
