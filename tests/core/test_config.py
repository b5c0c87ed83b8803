from __future__ import annotations

import base64
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from portal import config
from portal.config import InvalidSettings, Settings
from portal.core import settings as core_settings

SECRET = "s3cret-that-nobody-may-read-" + "x" * 20
KEY = base64.b64encode(b"k" * 32).decode()


def test_with_nothing_said_the_portal_is_embedded() -> None:
    settings = config.read({})
    assert settings == Settings()
    assert settings.is_sqlite
    assert settings.mail_url == "folder:var/mail"
    assert settings.hosts == ("127.0.0.1",)
    assert (settings.demo, settings.testing, settings.is_https) == (False, False, False)


def test_every_kind_of_setting_is_read() -> None:
    settings = config.read(
        {
            "PORTAL_FOLDER": "/srv/tunet",
            "PORTAL_DATABASE": "postgresql+psycopg://tunet@/tunet",
            "PORTAL_BASE_URL": "https://tunet.example",
            "PORTAL_TRUSTED_PROXIES": "1",
            "PORTAL_DEMO": "yes",
            "PORTAL_IDENTITY_RULE_2032_FROM": "2033-02-01",
            "PORTAL_SEALING_KEYS": f"new:{KEY}, old:{KEY}",
            "HOME": "not ours",
        }
    )
    assert (settings.folder, settings.trusted_proxies, settings.demo) == (Path("/srv/tunet"), 1, True)
    assert settings.identity_rule_2032_from == date(2033, 2, 1)
    assert [name for name, _ in settings.sealing_keys] == ["new", "old"]
    assert (settings.hosts, settings.is_https, settings.is_sqlite) == (("tunet.example",), True, False)


WRONG = {
    "PORTAL_TRUSTED_PROXIES": ("many", "must be a whole number"),
    "PORTAL_IDLE_MINUTES": ("4", "must be from 5 to 44640"),
    "PORTAL_SESSION_HOURS": ("0", "must be from 1 to 744"),
    "PORTAL_UPLOAD_MEGABYTES": ("101", "must be from 1 to 100"),
    "PORTAL_WEEKS_AHEAD": ("²", "must be a whole number"),
    "PORTAL_DEMO": ("maybe", "must be 1 or 0"),
    "PORTAL_IDENTITY_RULE_2032_FROM": ("soon", "must be a day such as 2032-01-01"),
    "PORTAL_SEALING_KEYS": ("a:AAAA", "each key must be 32 bytes"),
    "PORTAL_BASE_URL": ("tunet.example", "must be a whole address"),
    "PORTAL_DATABASE": ("mysql://root:hunter2@db", "must begin with sqlite:/// or postgresql+psycopg://"),
    "PORTAL_SECRET_KEY": ("short-hunter2", "must have at least 32 characters"),
    "PORTAL_LIVE": ("http://hunter2@cache", "must be redis://[:password@]host[:port][/number]"),
    "PORTAL_MAIL": ("pigeon://hunter2", "must begin with folder:, smtp:// or smtps://"),
    "PORTAL_CALENDAR": ("paper", "must be embedded, exchange or graph"),
    "PORTAL_CALENDAR_CONNECTIONS": ("21", "must be from 1 to 20"),
    "PORTAL_CASE_URL": ("http://hunter2.example/{number}", "must be an https address with {number} in it"),
    "PORTAL_TEAMS_WEBHOOK": ("http://hunter2.example/hook", "must be an https address"),
    "PORTAL_ROTA_URL": ("webcal:hunter2", "must be an https address"),
    "PORTAL_DUTY_PHONE": ("ring hunter2", "must be a number as one dials it"),
    "PORTAL_COLOUR": ("green", "there is no such setting"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_setting_that_is_wrong_is_named_with_what_it_must_be(name: str) -> None:
    value, words = WRONG[name]
    with pytest.raises(InvalidSettings) as refusal:
        config.read({name: value})
    assert any(fault.startswith(f"{name}: {words}") for fault in refusal.value.faults), refusal.value.faults
    assert "hunter2" not in str(refusal.value)


def test_every_fault_is_told_in_one_message() -> None:
    with pytest.raises(InvalidSettings) as refusal:
        config.read({name: value for name, (value, _words) in WRONG.items()})
    assert {fault.partition(":")[0] for fault in refusal.value.faults} == set(WRONG)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://[",
        "http://",
        "ftp://x",
        "//x",
        "javascript:1",
        "https://tunet.example/portal",
        "https://x?y",
        "https://u:p@x",
    ],
)
def test_an_address_that_links_cannot_be_made_from_is_refused(url: str) -> None:
    with pytest.raises(InvalidSettings, match="PORTAL_BASE_URL: must be a whole address"):
        config.read({"PORTAL_BASE_URL": url})


@pytest.mark.parametrize("url", ["redis://cache", "rediss://:p%40ss@cache:6380/2", "redis://user:p@[::1]:6379/"])
def test_redis_is_told_by_its_address(url: str) -> None:
    assert config.read({"PORTAL_LIVE": url}).live == url


@pytest.mark.parametrize(
    "url", ["redis://", "redis://cache:many", "redis://cache/name", "unix:///x", "redis://cache:0"]
)
def test_an_address_that_is_not_redis_is_refused(url: str) -> None:
    with pytest.raises(InvalidSettings, match="PORTAL_LIVE: must be redis://"):
        config.read({"PORTAL_LIVE": url})


def test_a_slash_at_the_end_of_the_address_is_taken_off() -> None:
    assert config.read({"PORTAL_BASE_URL": "https://tunet.example/"}).base_url == "https://tunet.example"


def test_exchange_needs_to_know_where_and_who() -> None:
    with pytest.raises(InvalidSettings) as refusal:
        config.read({"PORTAL_CALENDAR": "exchange", "PORTAL_EWS_AUTH": "magic"})
    assert len(refusal.value.faults) == 5


EXCHANGE = {
    "PORTAL_CALENDAR": "exchange",
    "PORTAL_EWS_URL": "https://mail.example/EWS/Exchange.asmx",
    "PORTAL_EWS_USER": "EXAMPLE\\portal",
    "PORTAL_EWS_PASSWORD": SECRET,
    "PORTAL_EWS_MAILBOX": "portal@example.org",
}
GRAPH = {
    "PORTAL_CALENDAR": "graph",
    "PORTAL_GRAPH_TENANT": "11111111-2222-3333-4444-555555555555",
    "PORTAL_GRAPH_CLIENT": "66666666-7777-8888-9999-000000000000",
    "PORTAL_GRAPH_SECRET": SECRET,
    "PORTAL_GRAPH_MAILBOX": "portal@example.org",
}


def test_the_settings_of_each_calendar_are_taken() -> None:
    assert config.read(EXCHANGE).calendar == "exchange"
    assert config.read(GRAPH).calendar == "graph"
    assert config.read(GRAPH | {"PORTAL_GRAPH_TENANT": "example.org"}).calendar_connections == 4


def test_graph_needs_to_know_where_and_who() -> None:
    with pytest.raises(InvalidSettings) as refusal:
        config.read({"PORTAL_CALENDAR": "graph"})
    assert [fault.partition(":")[0] for fault in refusal.value.faults] == [
        "PORTAL_GRAPH_TENANT",
        "PORTAL_GRAPH_CLIENT",
        "PORTAL_GRAPH_SECRET",
        "PORTAL_GRAPH_MAILBOX",
    ]


@pytest.mark.parametrize(
    ("base", "name", "value", "words"),
    [
        (EXCHANGE, "EWS_URL", "http://mail.example/EWS/Exchange.asmx", "must be an https address"),
        (EXCHANGE, "EWS_URL", "mail.example", "must be an https address"),
        (EXCHANGE, "EWS_MAILBOX", "portal", "must be the address of a mailbox"),
        (EXCHANGE, "EWS_VERSION", "2016", "must be a version such as"),
        (EXCHANGE, "EWS_CA", "/nowhere/ca.pem", "there is no such file"),
        (GRAPH, "GRAPH_TENANT", "tenant/../common", "must be the id that Entra shows"),
        (GRAPH, "GRAPH_CLIENT", "my client", "must be the id that Entra shows"),
        (GRAPH, "GRAPH_MAILBOX", "portal@example.org/messages", "must be the address of a mailbox"),
        (GRAPH, "GRAPH_URL", "http://graph.microsoft.com", "must be an https address without a path"),
        (GRAPH, "GRAPH_URL", "https://graph.microsoft.com/v1.0", "must be an https address without a path"),
        (GRAPH, "GRAPH_AUTHORITY", "https://[", "must be an https address without a path"),
        (GRAPH, "CALENDAR_CONNECTIONS", "5", "must be from 1 to 4 for Graph"),
    ],
)
def test_a_calendar_that_cannot_be_reached_so_is_refused(
    base: dict[str, str], name: str, value: str, words: str
) -> None:
    with pytest.raises(InvalidSettings) as refusal:
        config.read(base | {f"PORTAL_{name}": value})
    (fault,) = refusal.value.faults
    assert fault.startswith(f"PORTAL_{name}: {words}")
    assert SECRET not in fault


def test_secrets_are_in_no_repr() -> None:
    settings = Settings(
        database=f"postgresql+psycopg://u:{SECRET}@x/y",
        secret_key=SECRET,
        sealing_keys=(("a", SECRET.encode()),),
        ews_password=SECRET,
        graph_secret=SECRET,
        live=f"redis://:{SECRET}@x",
        mail=f"smtp://u:{SECRET}@x",
    )
    assert SECRET not in repr(settings)
    assert SECRET not in str(settings)


@pytest.fixture
def kept_settings() -> Iterator[None]:
    before = core_settings._current
    yield
    core_settings._current = before


def test_secrets_that_were_not_given_are_made_once_and_kept(tmp_path: Path, kept_settings: None) -> None:
    folder = tmp_path / "new" / "var"
    first = core_settings.use(Settings(folder=folder))
    second = core_settings.use(Settings(folder=folder))
    assert (first.secret_key, first.sealing_keys) == (second.secret_key, second.sealing_keys)
    assert len(base64.b64decode(first.secret_key)) == 32
    assert first.secret_key != base64.b64encode(first.sealing_keys[0][1]).decode()
    other = core_settings.use(Settings(folder=tmp_path / "other"))
    assert other.secret_key != first.secret_key


def test_secrets_that_were_given_leave_no_file(tmp_path: Path, kept_settings: None) -> None:
    core_settings.use(Settings(folder=tmp_path / "var", secret_key=SECRET, sealing_keys=(("a", b"k" * 32),)))
    assert not (tmp_path / "var").exists()


def test_only_the_owner_may_read_what_is_kept(tmp_path: Path, kept_settings: None) -> None:
    before = os.umask(0)
    try:
        core_settings.use(Settings(folder=tmp_path / "var"))
    finally:
        os.umask(before)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "var").iterdir()}
    assert modes == {"secret.key": 0o600, "sealing.key": 0o600}
    assert stat.S_IMODE((tmp_path / "var").stat().st_mode) == 0o700


def test_processes_that_begin_at_once_agree_on_one_secret(tmp_path: Path) -> None:
    code = (
        "import sys, time, pathlib; from portal.core.settings import kept_secret\n"
        "while not pathlib.Path(sys.argv[1], 'go').exists(): time.sleep(0.001)\n"
        "print(kept_secret(pathlib.Path(sys.argv[1], 'kept', 'secret.key')))"
    )
    words = [sys.executable, "-c", code, str(tmp_path)]
    started = [subprocess.Popen(words, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    (tmp_path / "go").touch()
    secrets = {process.communicate(timeout=60)[0] for process in started}
    assert len(secrets) == 1
    assert [path.name for path in (tmp_path / "kept").iterdir()] == ["secret.key"]


def test_settings_that_were_never_said_cannot_be_asked_for(kept_settings: None) -> None:
    core_settings._current = None
    with pytest.raises(RuntimeError):
        core_settings.current_settings()


def test_settings_cannot_be_changed_behind_ones_back() -> None:
    settings = Settings()
    with pytest.raises(AttributeError):
        settings.demo = True  # type: ignore[misc]
    assert replace(settings, demo=True).demo


@pytest.mark.parametrize(
    ("opens", "closes"),
    [
        ("monday 07:00", "friday 16:00"),
        ("Friday 12:30", "tuesday 12:30"),
        ("sunday 23:59", "saturday 23:59"),
        ("wednesday 00:00", "friday 00:00"),
    ],
)
def test_the_hours_of_the_pulse_are_days_and_times(opens: str, closes: str) -> None:
    settings = config.read({"PORTAL_PULSE_OPENS": opens, "PORTAL_PULSE_CLOSES": closes})
    for read, given in ((settings.pulse_opens, opens), (settings.pulse_closes, closes)):
        assert f"{config.WEEKDAYS[read.weekday]} {read.at:%H:%M}" == given.lower()


@pytest.mark.parametrize(
    "text", ["", "monday", "07:00", "monday 7:00", "monday 24:00", "monday 07:00:00", "mon 07:00", "måndag 07:00"]
)
def test_an_hour_of_the_pulse_that_is_none_is_told_with_an_example(text: str) -> None:
    with pytest.raises(config.InvalidSettings) as refused:
        config.read({"PORTAL_PULSE_OPENS": text})
    assert refused.value.faults == ["PORTAL_PULSE_OPENS: must be a day and a time such as monday 07:00"]


@pytest.mark.parametrize("closes", ["monday 07:00", "tuesday 07:00", "wednesday 06:59", "sunday 07:01"])
def test_a_round_has_from_two_to_six_days(closes: str) -> None:
    with pytest.raises(config.InvalidSettings) as refused:
        config.read({"PORTAL_PULSE_CLOSES": closes})
    assert refused.value.faults == ["PORTAL_PULSE_CLOSES: must be from two to six days after PORTAL_PULSE_OPENS"]
