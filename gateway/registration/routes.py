"""Routes of the WEB platform's two pages without a login: registration and forgotten password."""

from typing import Annotated

from pydantic import Field, StringConstraints

from gateway.accounts.model import mask_name
from gateway.foundation.clock import Clock
from gateway.foundation.errors import refused_field
from gateway.http.routes import Answer, Body, Call, Router, absent
from gateway.registration.password_reset import ResetService
from gateway.registration.service import Registration, RegistrationService
from scan_to_login.field_rules import FieldRule
from scan_to_login.protocol import API_PREFIX, Code, IdType, RegistrationStep, RegistrationWay
from scan_to_login.rules.identifiers import folded_phone
from scan_to_login.rules.people import masked_phone

IdTypeField = Annotated[IdType, Field(strict=False)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=256)]
SmsCode = Annotated[str, StringConstraints(min_length=1, max_length=16)]


class PersonBody(Body):
    """A person by name and document."""

    name: Text
    id_type: IdTypeField
    id_number: Text


class RegistrationBody(PersonBody):
    """Step one of a registration, by one of two ways."""

    consent: bool
    way: Annotated[RegistrationWay, Field(strict=False)] = RegistrationWay.HALL_CODE
    registration_code: Text | None = Field(None, description="of the hall; required for `hall_code`")


class PhoneBody(Body):
    """The phone that receives the SMS code."""

    phone: Text


class NothingBody(Body):
    """An empty object."""


class CompletionBody(Body):
    """Step three of a registration."""

    login_name: Text
    password: Text
    phone: Text
    sms_code: SmsCode
    household_division: Text


class ResetCompletionBody(Body):
    """Step three of a reset."""

    sms_code: SmsCode
    new_password: Text


class RegistrationView(Answer):
    """An unfinished registration. Until it expires, any browser can continue it."""

    registration_id: str
    step: RegistrationStep
    phone: str | None = absent()
    expires_at: int
    expires_in: int


class ResetView(Answer):
    """An unfinished reset; the same for existing and unknown people."""

    reset_id: str
    expires_at: int
    expires_in: int


class SmsSent(Answer):
    """The gateway has sent a code, if there is a phone for it."""

    expires_in: int = Field(description="seconds that the code is valid")
    resend_in: int = Field(description="seconds until another code may be requested")
    phone: str | None = absent()


class RegisteredAccount(Answer):
    """The new account, masked."""

    account_id: str
    login_name: str
    display_name: str
    id_type: IdType


class Registered(Answer):
    """The new account; log in with it."""

    account: RegisteredAccount


def router(registrations: RegistrationService, resets: ResetService, clock: Clock) -> Router:
    """The routes of both pages; none needs a session."""

    def seconds_until(at: int) -> int:
        return max(0, -(-(at - clock.now_ms()) // 1000))

    def registration_view(found: Registration) -> RegistrationView:
        return RegistrationView(
            registration_id=found.registration_id,
            step=found.step,
            phone=found.phone or None,
            expires_at=found.expires_at,
            expires_in=seconds_until(found.expires_at),
        )

    def begin_registration(call: Call, body: RegistrationBody) -> RegistrationView:
        """Step one: consent, and the registration code that the hall issued to this person, or face recognition."""
        if body.way == RegistrationWay.FACE:
            return registration_view(
                registrations.begin_by_face(body.consent, body.name, body.id_type, body.id_number, call.address)
            )
        if body.registration_code is None:
            raise refused_field("registration_code", FieldRule.MISSING)
        return registration_view(
            registrations.begin(
                body.consent, body.registration_code, body.name, body.id_type, body.id_number, call.address
            )
        )

    def resume_registration(call: Call) -> RegistrationView:
        """The progress of a registration."""
        return registration_view(registrations.resume(call.path["registration_id"]))

    def send_registration_code(call: Call, body: PhoneBody) -> SmsSent:
        """Step two: send an SMS code to the phone. A new code voids the previous one."""
        valid, again = registrations.send_code(call.path["registration_id"], body.phone, call.address)
        return SmsSent(expires_in=valid, resend_in=again, phone=masked_phone(folded_phone(body.phone)))

    def complete_registration(call: Call, body: CompletionBody) -> Registered:
        """Step three: login name, password and household division. Creates the account."""
        account = registrations.complete(
            call.path["registration_id"],
            body.login_name,
            body.password,
            body.phone,
            body.sms_code,
            body.household_division,
            call.address,
        )
        return Registered(
            account=RegisteredAccount(
                account_id=account.account_id,
                login_name=account.login_name,
                display_name=mask_name(account.name),
                id_type=account.id_type,
            )
        )

    def begin_password_reset(call: Call, body: PersonBody) -> ResetView:
        """Step one: the person who forgot the password. The answer is the same for unknown people."""
        reset = resets.begin(body.name, body.id_type, body.id_number, call.address)
        return ResetView(
            reset_id=reset.reset_id, expires_at=reset.expires_at, expires_in=seconds_until(reset.expires_at)
        )

    def send_reset_code(call: Call, _body: NothingBody | None) -> SmsSent:
        """Step two: send an SMS code to the phone on file."""
        valid, again = resets.send_code(call.path["reset_id"], call.address)
        return SmsSent(expires_in=valid, resend_in=again)

    def complete_password_reset(call: Call, body: ResetCompletionBody) -> None:
        """Step three: set the new password. Unlocks the account and ends its sessions, without a login."""
        resets.complete(call.path["reset_id"], body.sms_code, body.new_password, call.address)

    room = Router("registration", API_PREFIX)
    begun = (Code.REGISTRATION_NOT_FOUND, Code.REGISTRATION_EXPIRED)
    room.add(
        "POST",
        "/registrations",
        begin_registration,
        body=RegistrationBody,
        returns=RegistrationView,
        status=201,
        codes=(
            Code.CONSENT_REQUIRED,
            Code.FACE_NOT_RECOGNIZED,
            Code.REGISTRATION_CODE_INVALID,
            Code.REGISTRATION_CODE_EXPIRED,
            Code.REGISTRATION_CODE_SPENT,
            Code.DOCUMENT_TAKEN,
        ),
    )
    room.add("GET", "/registrations/<registration_id>", resume_registration, returns=RegistrationView, codes=begun)
    room.add(
        "POST",
        "/registrations/<registration_id>/sms-codes",
        send_registration_code,
        body=PhoneBody,
        returns=SmsSent,
        status=202,
        codes=begun,
    )
    room.add(
        "POST",
        "/registrations/<registration_id>/completion",
        complete_registration,
        body=CompletionBody,
        returns=Registered,
        status=201,
        codes=(
            *begun,
            Code.SMS_CODE_INVALID,
            Code.SMS_CODE_EXPIRED,
            Code.LOGIN_NAME_TAKEN,
            Code.PHONE_TAKEN,
            Code.DOCUMENT_TAKEN,
            Code.REGISTRATION_CODE_SPENT,
        ),
    )
    started = (Code.RESET_NOT_FOUND, Code.RESET_EXPIRED)
    room.add("POST", "/password-resets", begin_password_reset, body=PersonBody, returns=ResetView, status=201)
    room.add(
        "POST",
        "/password-resets/<reset_id>/sms-codes",
        send_reset_code,
        body=NothingBody,
        body_optional=True,
        returns=SmsSent,
        status=202,
        codes=started,
    )
    room.add(
        "POST",
        "/password-resets/<reset_id>/completion",
        complete_password_reset,
        body=ResetCompletionBody,
        codes=(*started, Code.SMS_CODE_INVALID, Code.SMS_CODE_EXPIRED),
    )
    return room
