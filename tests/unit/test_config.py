"""Settings: each has a name, a default and a help, and can be set by its environment variable."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from gateway.config import ENV_PREFIX, Settings, env_name
from scan_to_login.protocol import NumberMatching


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    for name in list(os.environ):
        if name.startswith((ENV_PREFIX, "REDIS_URL")):
            monkeypatch.delenv(name)


def test_every_setting_has_a_default_and_a_help_that_is_a_sentence() -> None:
    Settings()
    for name, _, words in Settings.table():
        assert name.startswith(ENV_PREFIX)
        assert words[:1].isupper() or words[:1] == "`", name
        assert words.endswith("."), name


def test_the_table_has_every_setting_once_in_the_files_order() -> None:
    assert [row[0] for row in Settings.table()] == [env_name(name) for name in Settings.model_fields]


def test_the_table_shows_no_secret_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAIRING_SERVER_KEY", "k" * 40)
    monkeypatch.setenv("REDIS_URL", "redis://:pass-word@host")
    assert "k" * 40 not in str(Settings.table())
    assert "pass-word" not in str(Settings.table()) + repr(Settings())


def test_defaults_are_those_of_the_design() -> None:
    settings = Settings()
    assert (
        settings.tickets_pending_seconds,
        settings.tickets_scanned_seconds,
        settings.tickets_confirmed_seconds,
        settings.tickets_total_seconds,
        settings.tickets_tombstone_seconds,
        settings.tickets_claim_repeat_seconds,
    ) == (120, 60, 30, 300, 600, 30)
    assert settings.number_matching is NumberMatching.SHOW
    assert (settings.body_bytes, settings.connect_deadline_seconds) == (65_536, 10)
    assert (settings.login_tries, settings.login_lock_seconds) == (5, 7200)
    assert settings.sim is False


@pytest.mark.parametrize("given", ["1e300", "inf", "nan", str(10**19), str(10**11)])
@pytest.mark.parametrize("name", [name for name in Settings.model_fields if name.endswith("_seconds")])
def test_no_time_exceeds_the_range_of_its_storage(name: str, given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(env_name(name), given)
    with pytest.raises(ValidationError):
        Settings()


def test_without_a_data_directory_it_is_the_users_and_not_the_present_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    default = Settings().data_dir
    monkeypatch.setenv("PAIRING_DATA_DIR", "")
    assert Settings().data_dir == Settings(data_dir="").data_dir == default != Path.cwd()


def test_the_environment_sets_and_an_argument_stands_above_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAIRING_PORT", "9000")
    monkeypatch.setenv("PAIRING_SIM", "true")
    monkeypatch.setenv("PAIRING_DATA_DIR", "/tmp/somewhere")
    monkeypatch.setenv("PAIRING_ALLOWED_ORIGINS", "https://a.example, http://b.example:8080 ,")
    monkeypatch.setenv("PAIRING_QR_LOGIN_OFF", "client:Payroll, account:agent")
    settings = Settings(port=1)
    assert (settings.port, settings.sim, settings.data_dir) == (1, True, Path("/tmp/somewhere"))
    assert settings.allowed_origins == ("https://a.example", "http://b.example:8080")
    assert settings.qr_login_off == ("client:Payroll", "account:agent")


@pytest.mark.parametrize("name", ["REDIS_URL", "PAIRING_REDIS_URL"])
def test_redis_is_found_under_both_names(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "redis://host")
    assert Settings().redis_url.get_secret_value() == "redis://host"


def test_settings_are_immutable() -> None:
    with pytest.raises(ValidationError):
        Settings().port = 1  # type: ignore[misc]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "65536"),
        ("PORT", "-1"),
        ("WORKERS", "0"),
        ("TICKETS_PENDING_SECONDS", "0"),
        ("TICKETS_PENDING_SECONDS", "1.5"),
        ("NUMBER_MATCHING", "sometimes"),
        ("QR_LOGIN_OFF", "everybody"),
        ("QR_LOGIN_OFF", "all, client:"),
        ("ALLOWED_ORIGINS", "*"),
        ("ALLOWED_ORIGINS", "https://*.example"),
        ("ALLOWED_ORIGINS", "https://a.example/path"),
        ("ALLOWED_ORIGINS", "a.example"),
        ("PUBLIC_URL", "nonsense"),
        ("PUBLIC_URL", "ftp://a.example"),
        ("REDIS_TIMEOUT_SECONDS", "0"),
        ("REDIS_TIMEOUT_SECONDS", "nan"),
        ("BODY_BYTES", "10"),
        ("LOG_LEVEL", "loud"),
        ("SIM", "perhaps"),
    ],
)
def test_a_value_that_makes_no_sense_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"PAIRING_{name}", value)
    with pytest.raises(ValidationError):
        Settings()


@pytest.mark.parametrize(("written", "read"), [("all", "all"), ("0", 0), ("8", 8)])
def test_the_number_of_acknowledging_replicas_may_be_all(
    monkeypatch: pytest.MonkeyPatch, written: str, read: int | str
) -> None:
    """From the environment, as a number or that word."""
    monkeypatch.setenv("PAIRING_REDIS_REPLICAS_ACKNOWLEDGE", written)
    assert Settings().redis_replicas_acknowledge == read


@pytest.mark.parametrize("written", ["some", "9", "-1", "²", ""])
def test_another_number_of_replicas_is_refused_with_both_forms(monkeypatch: pytest.MonkeyPatch, written: str) -> None:
    """One reason, not one for each form."""
    monkeypatch.setenv("PAIRING_REDIS_REPLICAS_ACKNOWLEDGE", written)
    with pytest.raises(ValueError, match="1 validation error") as refused:
        Settings()
    assert "a number from 0 to 8, or all" in str(refused.value)
