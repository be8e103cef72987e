"""Scan-to-login in unittest: ``python -m unittest with_unittest.py``."""

import unittest

from app_simulator.errors import PhoneError
from app_simulator.phone import Phone
from client_stub.client import Client
from scan_to_login.testing import LiveGateway


class ScanToLogin(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.gateway = cls.enterClassContext(LiveGateway())

    def setUp(self):
        self.gateway.reset()
        self.phone = self.enterContext(Phone(self.gateway.url))
        self.phone.login("agent", "Demo-2019")
        self.client = self.enterContext(Client(self.gateway.url))

    def test_a_confirmed_login_gets_a_session(self):
        self.phone.confirm(self.phone.scan(self.client.request_ticket().qr))
        self.client.wait_for("confirmed")
        self.client.claim()
        self.assertEqual(self.client.verify_unit("A", "Unit-2019").stage, "unit_verified")

    def test_a_second_phone_comes_too_late(self):
        qr = self.client.request_ticket().qr
        self.phone.scan(qr)
        with Phone(self.gateway.url) as late:
            late.login("single", "Demo-2019")
            with self.assertRaises(PhoneError) as refused:
                late.scan(qr)
        self.assertEqual(refused.exception.code, "ticket_taken")


if __name__ == "__main__":
    unittest.main()
