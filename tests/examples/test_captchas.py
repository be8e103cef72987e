"""Captchas in tests: ask for one, and let the control plane read it."""

import pytest

from client_stub.errors import ClientError
from scan_to_login.captcha import Captcha


def wrong_once(client):
    with pytest.raises(ClientError, match="invalid_credentials"):
        client.login("single", "Wrong-2019")
    with pytest.raises(ClientError, match="captcha_required"):
        client.login("single", "Demo-2019")


def test_after_a_wrong_password_a_captcha_is_due(pairing_client, pairing_gateway):
    wrong_once(pairing_client)
    picture = pairing_client.captcha("single")  # picture.png is what a person sees
    answer = pairing_gateway.control.captcha_answer(picture.captcha_id)
    assert pairing_client.login("single", "Demo-2019", Captcha(picture.captcha_id, answer)).account


def test_every_captcha_may_have_one_answer(pairing_client, pairing_gateway):
    pairing_gateway.control.set_captchas("1234")  # until the next reset; PAIRING_SIM_CAPTCHA sets it for good
    wrong_once(pairing_client)
    captcha = Captcha(pairing_client.captcha("single").captcha_id, "1234")
    assert pairing_client.login("single", "Demo-2019", captcha).account
