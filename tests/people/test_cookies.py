"""What a session is in the browser, and what ends it for everybody."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from portal.blueprints.people.models import Person
from tests.client import AuditingClient
from tests.people.door import cookies, is_in, sign_in

Browse = Callable[[Person], AuditingClient]

Give = Callable[[Person], Person]

At = Callable[[datetime], None]

NOON = datetime(2026, 11, 26, 11, 0, tzinfo=UTC)


def test_a_session_from_before_signing_in_is_worth_nothing(
    client: AuditingClient, anne: Person, with_password: Give
) -> None:
    with_password(anne)
    with client.session_transaction() as session:
        session["planted"] = "by somebody else"
    before = client.get_cookie("tunet")
    sign_in(client, anne.username)
    after = client.get_cookie("tunet")
    assert before and after and before.value != after.value  # noqa: PT018
    with client.session_transaction() as session:
        assert "planted" not in session
    client.set_cookie("tunet", before.value)
    assert not is_in(client)


def test_a_cookie_that_was_touched_is_nobodys(browse: Browse, anne: Person) -> None:
    browser = browse(anne)
    cookie = browser.get_cookie("tunet")
    assert cookie
    # Not the last letter: some of its bits are not part of the signature.
    at, other = len(cookie.value) - 6, "y" if cookie.value[-6] == "x" else "x"
    touched = cookie.value[:at] + other + cookie.value[at + 1 :]
    for forged in (touched, "x" + cookie.value, cookie.value.split(".")[0], "eyJfdXNlcl9pZCI6IjEuMSJ9"):
        browser.set_cookie("tunet", forged)
        assert not is_in(browser)


def test_signing_out_ends_here_and_forgets_the_rest(browse: Browse, anne: Person) -> None:
    browser, elsewhere = browse(anne), browse(anne)
    answer = browser.post("/logg-ut")
    assert (answer.status_code, answer.location) == (303, "/logg-inn")
    assert (is_in(browser), is_in(elsewhere)) == (False, True)


def test_signing_out_everywhere_ends_every_session_at_once(browse: Browse, anne: Person, bjarne: Person) -> None:
    browser, elsewhere, other = browse(anne), browse(anne), browse(bjarne)
    kept = elsewhere.get_cookie("tunet")
    assert browser.post("/logg-ut-overalt").status_code == 303
    assert [is_in(one) for one in (browser, elsewhere, other)] == [False, False, True]
    assert kept
    elsewhere.set_cookie("tunet", kept.value)
    assert not is_in(elsewhere)


def test_a_closed_account_is_out_at_once(browse: Browse, anne: Person, carla: Person) -> None:
    browser = browse(anne)
    assert is_in(browser)
    browse(carla).post(f"/styring/folk/{anne.id}/sluttar")
    assert not is_in(browser)
    browse(carla).post(f"/styring/folk/{anne.id}/tilbake")
    assert not is_in(browser), "an old session comes to life again"


@pytest.mark.parametrize("hours", [12])
def test_a_session_ends_with_its_hours_however_busy_it_was(
    client: AuditingClient, anne: Person, with_password: Give, at: At, hours: int
) -> None:
    with_password(anne)
    at(NOON)
    sign_in(client, anne.username)
    for hour in range(hours):
        at(NOON + timedelta(hours=hour, minutes=59))
        assert is_in(client)
        client.post("/utsjaanad", data={"theme": "dark"})
    at(NOON + timedelta(hours=hours))
    assert is_in(client)
    at(NOON + timedelta(hours=hours, seconds=1))
    assert not is_in(client)


def test_cookies_stay_with_the_browser_and_the_house(client: AuditingClient, anne: Person, with_password: Give) -> None:
    with_password(anne)
    given = cookies(sign_in(client, anne.username)) | cookies(
        client.post("/utsjaanad", data={"theme": "dark", "locale": "nb"})
    )
    assert {"tunet", "theme", "locale"} <= set(given)
    for name, cookie in given.items():
        assert cookie["httponly"], name
        assert cookie["samesite"] == "Lax", name
        assert cookie["path"] == "/", name
        assert not cookie["domain"], name
        assert not cookie["secure"], name


def test_no_session_cookie_is_given_to_who_only_looks(client: AuditingClient) -> None:
    for path in ("/helse", "/robots.txt", "/finst-ikkje"):
        assert "tunet" not in cookies(client.get(path)), path
