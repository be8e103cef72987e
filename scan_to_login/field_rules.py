"""Stable codes of what may be wrong with one field: the ``rule`` of each entry in a problem document's ``errors``.

Part of the wire, like ``scan_to_login.protocol``; standard library only. The sentence of each rule is
``field.<rule>`` in ``scan_to_login.messages``, and the placeholders there are the names in the entry's ``values``.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Final


class FieldRule(StrEnum):
    """The rule that a field broke."""

    # the shape of any field
    MISSING = "missing"
    UNKNOWN_FIELD = "unknown_field"
    TOO_LONG = "too_long"
    TOO_SHORT = "too_short"
    TEXT_EXPECTED = "text_expected"
    NUMBER_EXPECTED = "number_expected"
    WHOLE_NUMBER_EXPECTED = "whole_number_expected"
    BOOLEAN_EXPECTED = "boolean_expected"
    OBJECT_EXPECTED = "object_expected"
    LIST_EXPECTED = "list_expected"
    PATTERN = "pattern"
    ONE_OF = "one_of"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    ABOVE = "above"
    BELOW = "below"
    NUL_CHARACTER = "nul_character"
    UNFIT = "unfit"
    # what a client or phone calls itself
    LABEL_HIDDEN_CHARACTER = "label_hidden_character"
    LABEL_BLANK = "label_blank"
    # login names and passwords
    LOGIN_NAME_LENGTH = "login_name_length"
    LOGIN_NAME_CHARACTERS = "login_name_characters"
    LOGIN_NAME_DIGITS_ALONE = "login_name_digits_alone"
    PASSWORD_LENGTH = "password_length"
    PASSWORD_WHITE_SPACE = "password_white_space"
    PASSWORD_CLASSES = "password_classes"
    PASSWORD_REUSED = "password_reused"
    # people and their documents
    RESIDENT_ID_FORM = "resident_id_form"
    PASSPORT_FORM = "passport_form"
    HK_MACAU_PERMIT_FORM = "hk_macau_permit_form"
    TAIWAN_PERMIT_FORM = "taiwan_permit_form"
    FOREIGN_PERMANENT_RESIDENT_FORM = "foreign_permanent_resident_form"
    ID_NUMBER_PROVINCE = "id_number_province"
    ID_NUMBER_CHECK_DIGIT = "id_number_check_digit"
    ID_NUMBER_BIRTH_DATE = "id_number_birth_date"
    ID_NUMBER_AGE = "id_number_age"
    NAME_LENGTH = "name_length"
    NAME_CHARACTER = "name_character"
    NAME_ENDS = "name_ends"
    NAME_DOTS = "name_dots"
    PHONE_FORM = "phone_form"
    DIVISION_UNKNOWN = "division_unknown"
    FACE_NEEDS_RESIDENT_ID = "face_needs_resident_id"
    # units and authorizations
    TAXPAYER_ID_LENGTH = "taxpayer_id_length"
    CREDIT_CODE_FORM = "credit_code_form"
    CREDIT_CODE_CHECK_DIGIT = "credit_code_check_digit"
    ORGANIZATION_CODE_FORM = "organization_code_form"
    ORGANIZATION_CODE_CHECK_DIGIT = "organization_code_check_digit"
    INDIVIDUAL_BUSINESS_FORM = "individual_business_form"
    INDIVIDUAL_BUSINESS_CHECK_DIGIT = "individual_business_check_digit"
    PERSON_BY_ONE = "person_by_one"
    AUTHORIZE_ONESELF = "authorize_oneself"
    DAY_PAST = "day_past"
    DAY_UNKNOWN = "day_unknown"
    DAY_ORDER = "day_order"
    OTP_NEEDED = "otp_needed"
    SMS_CODE_NEEDED = "sms_code_needed"
    # seeds
    SEED_PASSWORD_OR_HASH = "seed_password_or_hash"
    SEED_UNIT_UNKNOWN = "seed_unit_unknown"
    SEED_ACCOUNT_UNKNOWN = "seed_account_unknown"
    SEED_TWICE = "seed_twice"
    # captchas, and the simulation's address, clock and faults
    ADDRESS_FORM = "address_form"
    CAPTCHA_PURPOSE = "captcha_purpose"
    CLOCK_END = "clock_end"
    FAULT_WITHOUT_ROUTE = "fault_without_route"
    FAULT_WITHOUT_STATE = "fault_without_state"
    FAULT_ONE_OCCASION = "fault_one_occasion"
    FAULT_DURATION = "fault_duration"
    FAULT_FOR_ALL = "fault_for_all"
    FAULT_PROBABILITY = "fault_probability"


_ALL: Final = tuple(FieldRule)
# The sentences of these do not say which field they are about: it is named beside them.
ABOUT_ANY_FIELD: Final = frozenset(_ALL[: _ALL.index(FieldRule.LOGIN_NAME_LENGTH)])


class RuleBroken(ValueError):  # noqa: N818 - it is an answer, not a fault
    """A field breaks a rule: ``values`` are those of the rule's sentence, never what was sent."""

    def __init__(self, field: str, rule: FieldRule, **values: Any) -> None:
        super().__init__(rule.value)
        self.field = field
        self.rule = rule
        self.values = values


def field_error(field: str, rule: FieldRule, **values: Any) -> dict[str, Any]:
    """An entry of a refusal's ``errors``; its ``message`` is added in the language of the answer."""
    return {"field": field, "rule": rule.value, "values": values}
