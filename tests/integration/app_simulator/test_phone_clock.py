"""The phone's one-time codes at a real gateway, wherever its clock is put."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app_simulator.phone import Phone

from .desktop import Client, refused, set_clock


class TestClock:
    def test_two_logins_at_once_and_a_third_when_the_clock_moves_on(
        self, phone: Phone, client: Client, advance: Callable[[float], None]
    ) -> None:
        waits: list[float] = []

        def moved(seconds: float) -> None:
            waits.append(seconds)
            advance(seconds)

        for _ in range(3):
            assert phone.confirm(phone.scan(client.ticket()["qr"]), on_wait=moved).state == "confirmed"
        assert len(waits) <= 2
        assert all(0 < seconds <= 30 for seconds in waits)

    @pytest.mark.parametrize("hours", [-5, 3, 24 * 365])
    def test_wherever_the_clock_stands_at_login(self, gateway_url: str, client: Client, hours: int) -> None:
        set_clock(gateway_url, hours * 3_600_000)
        with Phone(gateway_url) as phone:
            phone.login("agent", "Demo-2019")
            assert phone.confirm(phone.scan(client.ticket()["qr"])).state == "confirmed"

    def test_a_clock_moved_between_scan_and_confirm_is_followed(
        self, phone: Phone, client: Client, advance: Callable[[float], None]
    ) -> None:
        page = phone.scan(client.ticket()["qr"])
        advance(59)
        assert phone.confirm(page).state == "confirmed"

    def test_a_clock_set_back_needs_a_new_login(self, phone: Phone, client: Client) -> None:
        phone.confirm(phone.scan(client.ticket()["qr"]))
        set_clock(phone.gateway_url, -3_600_000)
        page = phone.scan(client.ticket()["qr"])
        assert refused(lambda: phone.confirm(page))[0] == "clock_moved_back"
        phone.login("agent", "Demo-2019")
        assert phone.confirm(phone.scan(client.ticket()["qr"])).state == "confirmed"
