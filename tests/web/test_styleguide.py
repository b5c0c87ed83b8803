"""The page /stil, and the frames around every page."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from flask import Flask

from portal.web import styleguide
from tests.client import AuditingClient


@pytest.mark.parametrize("side", ["", "styring", "feil", "inn", "finst-ikkje"])
def test_every_frame_is_shown_to_anybody(client: AuditingClient, side: str) -> None:
    assert client.get("/stil", query_string={"side": side}).status_code == 200


def test_the_page_shows_the_states_of_what_one_can_do(client: AuditingClient) -> None:
    page = client.soup("/stil")
    assert page.select_one(".ds-button[aria-pressed=true]")
    assert page.select_one(".ds-button[disabled]")
    assert page.select_one("input[aria-invalid=true][aria-describedby]")
    assert page.select_one(".guarded mark")
    assert page.select_one(".slot--free")
    assert page.select_one(".slot--mine")


def test_every_field_has_a_label_and_what_describes_it_is_there(client: AuditingClient) -> None:
    page = client.soup("/stil")
    for field in page.select("main :is(input, select, textarea):not([type=hidden])"):
        assert field.find_parent("label") or page.select_one(f'label[for="{field.get("id")}"]'), field
    for described in page.select("[aria-describedby]"):
        for wanted in str(described["aria-describedby"]).split():
            assert page.find(id=wanted), wanted


def test_the_red_button_stands_in_the_menu_and_the_room_one_is_in_is_marked(client: AuditingClient) -> None:
    page = client.soup("/stil")
    assert page.select_one(".nav__urgent a").get_text(strip=True) == "Hjelp no"
    assert [link.get_text(strip=True) for link in page.select(".nav a[aria-current]")] == ["Spør"]


def test_appearance_contrast_and_language_can_be_chosen_without_scripts(client: AuditingClient) -> None:
    page = client.soup("/stil")
    forms = page.select("#account form[method=post]")
    chosen = {button["name"] for form in forms for button in form.select("button[name]")}
    assert chosen == {"theme", "contrast", "locale"}
    assert all(form.select_one("input[name=csrf_token]") for form in forms)
    assert {form.select_one("input[name=back]")["value"] for form in forms if form.select_one("input[name=back]")} == {
        "/stil"
    }


def test_a_choice_of_theme_and_contrast_is_on_the_page_before_it_is_drawn(app: Flask, client: AuditingClient) -> None:
    client.set_cookie("theme", "dark")
    client.set_cookie("contrast", "high")
    html = client.soup("/stil").html
    assert (html["data-color-scheme"], html["data-contrast"]) == ("dark", "high")


def test_an_unread_count_is_read_aloud(client: AuditingClient) -> None:
    bell = client.soup("/stil").select_one(".bell")
    assert "3" in bell.select_one(".sr").get_text()
    assert bell.select_one(".bell__count")["aria-hidden"] == "true"


def test_made_up_colleagues_can_never_be_taken_for_real_ones() -> None:
    assert all(person.id < 0 for person in styleguide.PEOPLE)


def test_what_the_page_is_made_of_is_well_formed(client: AuditingClient) -> None:
    page: BeautifulSoup = client.soup("/stil")
    used = {use["href"].split("#")[1] for use in page.select("svg use")}
    assert "" not in used
    assert len(used) > 40
