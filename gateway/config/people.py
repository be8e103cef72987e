"""Accounts, units and their sessions: passwords, captchas, registration, SMS, the cut-over."""

from datetime import date

from pydantic import Field, SecretStr, field_validator

from gateway.config.group import Group, Span


class PeopleSettings(Group):
    """Sessions, passwords, units, registration and forgotten passwords."""

    phone_session_seconds: Span = Field(30 * 86_400, ge=1, description="Lifetime of a phone's session.")
    client_session_seconds: Span = Field(12 * 3_600, ge=1, description="Lifetime of a client's session.")
    client_idle_seconds: Span = Field(
        1_800, ge=1, description="Time without a call after which a client's session ends."
    )
    web_session_seconds: Span = Field(2 * 3_600, ge=1, description="Lifetime of a session of the WEB platform.")
    web_idle_seconds: Span = Field(1_800, ge=1, description="Time without a call after which a WEB session ends.")
    login_tries: int = Field(5, ge=1, description="Wrong passwords that lock an account.")
    login_lock_seconds: Span = Field(7_200, ge=1, description="How long an account stays locked.")
    declaration_tries: int = Field(5, ge=1, description="Wrong declaration passwords that lock a unit.")
    declaration_lock_seconds: Span = Field(7_200, ge=1, description="How long a unit stays locked.")
    captcha_seconds: Span = Field(300, ge=1, description="Lifetime of a captcha.")
    cut_over_date: date | None = Field(
        None,
        description="Before this date (in China) clients may log in by declaration password alone, and authorizations "
        "are off. From this date on it is the reverse. Empty: the seed's date; without one, the date is past.",
    )
    registration_code_seconds: Span = Field(7 * 86_400, ge=1, description="Lifetime of a registration code.")
    registration_seconds: Span = Field(1_800, ge=1, description="Lifetime of an unfinished registration.")
    reset_seconds: Span = Field(1_800, ge=1, description="Lifetime of an unfinished password reset.")
    sms_code_seconds: Span = Field(300, ge=1, description="Lifetime of an SMS code.")
    sms_interval_seconds: Span = Field(60, ge=0, description="Time between two SMS codes of one registration or reset.")
    sms_per_transaction: int = Field(5, ge=1, description="Maximum SMS codes for one registration or reset.")
    sms_per_day: int = Field(10, ge=1, description="Maximum SMS codes to one phone, or for one identity, in a day.")
    sms_tries: int = Field(5, ge=1, description="Wrong tries that void an SMS code.")
    sms_webhook_url: str = Field(
        "", description="URL to which the gateway posts SMS messages; a simulation keeps them in its outbox."
    )
    sms_webhook_secret: SecretStr = Field(
        SecretStr(""), description="Key of the HMAC-SHA-256 in the header `X-Pairing-Signature` of each posted message."
    )

    @field_validator("cut_over_date", mode="before")
    @classmethod
    def _no_date(cls, value: object) -> object:
        return None if value in ("", "None") else value
