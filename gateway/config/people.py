"""Accounts, units and their sessions: passwords, captchas, registration, SMS, the cut-over."""

from datetime import date

from pydantic import Field, SecretStr, field_validator

from gateway.config.group import Group, Span


class PeopleSettings(Group):
    """Sessions, passwords, units, registration and forgotten passwords."""

    phone_session_seconds: Span = Field(30 * 86_400, ge=1, description="Lifetime of a phone's session.")
    client_session_seconds: Span = Field(12 * 3_600, ge=1, description="Lifetime of a client's session.")
    client_idle_seconds: Span = Field(1_800, ge=1, description="A client's session ends after so long without a call.")
    web_session_seconds: Span = Field(2 * 3_600, ge=1, description="Lifetime of a session of the WEB platform.")
    web_idle_seconds: Span = Field(1_800, ge=1, description="A WEB session ends after so long without a call.")
    login_tries: int = Field(5, ge=1, description="Wrong passwords that lock an account.")
    login_lock_seconds: Span = Field(7_200, ge=1, description="How long such a lock lasts.")
    declaration_tries: int = Field(5, ge=1, description="Wrong declaration passwords that lock a unit.")
    declaration_lock_seconds: Span = Field(7_200, ge=1, description="How long such a lock lasts.")
    captcha_seconds: Span = Field(300, ge=1, description="How long a captcha can be answered.")
    cut_over_date: date | None = Field(
        None,
        description="Before this date (in China) clients may log in by declaration password alone and authorizations "
        "are off; from it on, the reverse. Empty: the seed's date, or else as after it.",
    )
    registration_code_seconds: Span = Field(7 * 86_400, ge=1, description="Lifetime of a registration code.")
    registration_seconds: Span = Field(1_800, ge=1, description="Lifetime of a registration that was begun.")
    reset_seconds: Span = Field(1_800, ge=1, description="Lifetime of a password reset that was begun.")
    sms_code_seconds: Span = Field(300, ge=1, description="Lifetime of an SMS code.")
    sms_interval_seconds: Span = Field(60, ge=0, description="Time between two SMS codes of one registration or reset.")
    sms_per_transaction: int = Field(5, ge=1, description="SMS codes of one registration or reset.")
    sms_per_day: int = Field(10, ge=1, description="SMS codes to one phone, or for one claimed identity, in a day.")
    sms_tries: int = Field(5, ge=1, description="Wrong SMS codes after which the code is void.")
    sms_webhook_url: str = Field(
        "", description="Where SMS messages are posted to; the simulation keeps them in its outbox instead."
    )
    sms_webhook_secret: SecretStr = Field(
        SecretStr(""), description="Key of the HMAC-SHA-256 in `X-Pairing-Signature` on each posted message."
    )

    @field_validator("cut_over_date", mode="before")
    @classmethod
    def _no_date(cls, value: object) -> object:
        return None if value in ("", "None") else value
