"""A gateway with people and units of one's own."""

from pathlib import Path

from app_simulator.phone import Phone
from client_stub.client import Client
from scan_to_login.testing import LiveGateway, scan_to_login

PEOPLE = Path(__file__).with_name("people.yaml")


def test_one_of_our_people_logs_in():
    with LiveGateway(seed=str(PEOPLE)) as gateway, Phone(gateway.url) as phone, Client(gateway.url) as client:
        phone.login("zhou", gateway.password_of("zhou"))
        session = scan_to_login(phone, client, "bakery", "Bread-2024")
        assert session.unit.name == "深圳麦香面包有限公司"
