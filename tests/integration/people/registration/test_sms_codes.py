"""SMS codes: for one phone, one purpose, one transaction, once, five minutes, five tries (SECURITY.md 15)."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
import redis

from gateway.foundation.clock import Clock
from gateway.foundation.errors import Refusal
from gateway.foundation.keys import Keys
from gateway.foundation.secrets import ServerKey
from gateway.registration.sms import Message, Purpose, SmsCodes, SmsRules, sms_language

PHONE = "13900000001"


class Outbox:
    """A provider that keeps its messages."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    def ready(self) -> None:
        """Always."""

    def send(self, message: Message) -> None:
        """Keep it."""
        self.messages.append(message)


@pytest.fixture
def outbox() -> Outbox:
    return Outbox()


@pytest.fixture
def codes(client: redis.Redis, keys: Keys, clock: Clock, server_key: ServerKey, outbox: Outbox) -> SmsCodes:
    rules = SmsRules(seconds=300, interval_seconds=60, most=5, most_a_day=7, tries=5)
    return SmsCodes(client, keys, clock, server_key, outbox, rules)


def sent(codes: SmsCodes, outbox: Outbox, transaction: str = "t", purpose: Purpose = Purpose.REGISTRATION) -> str:
    codes.send(purpose, transaction, PHONE, counted_for=codes.whom(PHONE))
    return outbox.messages[-1].code


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


@pytest.mark.parametrize(("id_type", "words"), [("resident_id", "您正在办理实名注册"), ("passport", "Your code for")])
def test_a_code_of_six_digits_goes_to_the_phone_in_the_persons_language(
    codes: SmsCodes, outbox: Outbox, id_type: str, words: str
) -> None:
    codes.send(Purpose.REGISTRATION, "t", PHONE, counted_for=codes.whom(PHONE), language=sms_language(id_type))
    message = outbox.messages[0]
    assert re.fullmatch(r"\d{6}", message.code)
    assert message.phone == PHONE
    assert message.text.count(message.code) == 1
    assert words in message.text
    assert ("您" in message.text) != ("Your" in message.text)


def test_a_code_serves_once(codes: SmsCodes, outbox: Outbox) -> None:
    code = sent(codes, outbox)
    codes.look(Purpose.REGISTRATION, "t", PHONE, code)
    codes.take(Purpose.REGISTRATION, "t", PHONE, code)
    with pytest.raises(Refusal, match="sms_code_invalid"):
        codes.take(Purpose.REGISTRATION, "t", PHONE, code)


def test_of_parallel_takers_one_succeeds(codes: SmsCodes, outbox: Outbox) -> None:
    code = sent(codes, outbox)

    def take(_: int) -> bool:
        try:
            codes.take(Purpose.REGISTRATION, "t", PHONE, code)
        except Refusal:
            return False
        return True

    with ThreadPoolExecutor(20) as pool:
        assert sum(pool.map(take, range(20))) == 1


@pytest.mark.parametrize(
    ("purpose", "transaction", "phone"),
    [
        (Purpose.PASSWORD_RESET, "t", PHONE),
        (Purpose.REGISTRATION, "another", PHONE),
        (Purpose.REGISTRATION, "t", "13900000002"),
        (Purpose.REGISTRATION, "t", None),
    ],
)
def test_a_code_is_for_its_phone_purpose_and_transaction_alone(
    codes: SmsCodes, outbox: Outbox, purpose: Purpose, transaction: str, phone: str | None
) -> None:
    code = sent(codes, outbox)
    with pytest.raises(Refusal, match="sms_code_invalid"):
        codes.take(purpose, transaction, phone, code)


def test_a_code_is_void_after_five_wrong_tries(codes: SmsCodes, outbox: Outbox) -> None:
    code = sent(codes, outbox)
    for _ in range(5):
        with pytest.raises(Refusal, match="sms_code_invalid"):
            codes.look(Purpose.REGISTRATION, "t", PHONE, wrong(code))
    with pytest.raises(Refusal, match="sms_code_invalid"):
        codes.take(Purpose.REGISTRATION, "t", PHONE, code)


def test_four_wrong_tries_leave_the_fifth(codes: SmsCodes, outbox: Outbox) -> None:
    code = sent(codes, outbox)
    for _ in range(4):
        with pytest.raises(Refusal):
            codes.look(Purpose.REGISTRATION, "t", PHONE, wrong(code))
    codes.take(Purpose.REGISTRATION, "t", PHONE, code)


def test_a_code_lasts_five_minutes(codes: SmsCodes, outbox: Outbox, clock: Clock) -> None:
    code = sent(codes, outbox)
    clock.apply(clock.advanced(299_999))
    codes.look(Purpose.REGISTRATION, "t", PHONE, code)
    clock.apply(clock.advanced(1))
    with pytest.raises(Refusal, match="sms_code_expired"):
        codes.take(Purpose.REGISTRATION, "t", PHONE, code)


def test_the_next_code_comes_a_minute_later_at_the_earliest_and_voids_the_last(
    codes: SmsCodes, outbox: Outbox, clock: Clock
) -> None:
    first = sent(codes, outbox)
    clock.apply(clock.advanced(20_000))
    with pytest.raises(Refusal) as refused:
        sent(codes, outbox)
    assert refused.value.extra["retry_after"] == 40
    clock.apply(clock.advanced(40_000))
    second = sent(codes, outbox)
    if first != second:
        with pytest.raises(Refusal, match="sms_code_invalid"):
            codes.take(Purpose.REGISTRATION, "t", PHONE, first)
    codes.take(Purpose.REGISTRATION, "t", PHONE, second)


def test_a_transaction_gets_five_codes_and_a_phone_seven_a_day(codes: SmsCodes, outbox: Outbox, clock: Clock) -> None:
    for transaction, most in (("t", 5), ("u", 2)):
        for _ in range(most):
            sent(codes, outbox, transaction)
            clock.apply(clock.advanced(60_000))
        with pytest.raises(Refusal, match="rate_limited"):
            sent(codes, outbox, transaction)
    clock.apply(clock.advanced(86_400_000))
    sent(codes, outbox, "u")


def test_without_a_phone_all_is_done_but_the_message(codes: SmsCodes, outbox: Outbox) -> None:
    assert codes.send(Purpose.PASSWORD_RESET, "t", None, counted_for="x") == (300, 60)
    assert outbox.messages == []
    with pytest.raises(Refusal, match="rate_limited"):
        codes.send(Purpose.PASSWORD_RESET, "t", None, counted_for="x")


def test_redis_holds_neither_code_nor_phone(codes: SmsCodes, outbox: Outbox, client: redis.Redis) -> None:
    code = sent(codes, outbox)
    dump = str({key: client.hgetall(key) for key in client.scan_iter() if client.type(key) == "hash"}) + str(
        client.keys()
    )
    assert code not in dump
    assert PHONE not in dump
