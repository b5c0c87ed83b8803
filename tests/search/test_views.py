"""The search page and what is suggested while typing."""

from __future__ import annotations

import pytest

from portal.blueprints.search import queries, service

BORN_1980 = "01028000045"
PIECE = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _two_kinds(monkeypatch):
    """Let two kinds lead to pages that are surely there."""
    monkeypatch.setattr(service, "sources", {})
    service.source("colleague", endpoint="people.person", label="Colleagues", icon="user")(lambda: ())
    service.source("note", endpoint="people.person", label="Notes")(lambda: ())
    service.source("ghost", endpoint="nowhere.page", label="Ghosts")(lambda: ())


def fill():
    service.index(kind="colleague", ref=1, title="Skrivaren på akutten", body="<b>Printeren</b> heng.")
    service.index(kind="note", ref=2, title="Skrivaren og toneren")
    service.index(kind="ghost", ref=3, title="Skrivaren som spøkjer")


def test_only_those_who_are_signed_in_may_search(client):
    for path in ("/sok?q=skrivar", "/sok/framlegg?q=skrivar"):
        answer = client.get(path)
        assert answer.status_code in {302, 303}
        assert "logg-inn" in answer.location


def test_suggestions_asked_for_as_a_page_lead_to_the_page(browse, anne):
    answer = browse(anne).get("/sok/framlegg?q=skrivar")
    assert answer.status_code == 302
    assert answer.location.endswith("/sok?q=skrivar")


def test_an_empty_box_invites(browse, anne):
    page = browse(anne).soup("/sok")
    assert page.select_one("form[role=search] input[name=q]")["value"] == ""
    assert not page.select("#results .row")


def test_hits_stand_by_kind_with_a_link_and_the_words_marked(browse, anne):
    fill()
    page = browse(anne).soup("/sok?q=printer")
    assert [card["id"] for card in page.select("#results section")] == ["hits-colleague", "hits-note"]
    link = page.select_one("#hits-colleague a")
    assert link["href"].endswith("/1")
    assert [mark.text for mark in page.select("#hits-colleague mark")] == ["Skrivaren", "Printeren"]
    assert "<b>" in page.select_one("#hits-colleague .row__under").text


def test_a_kind_without_a_page_is_left_out(browse, anne):
    fill()
    assert "spøkjer" not in browse(anne).soup("/sok?q=skrivar").text


def test_a_kind_can_be_chosen(browse, anne):
    fill()
    page = browse(anne).soup("/sok?q=skrivar&slag=note")
    assert [card["id"] for card in page.select("#results section")] == ["hits-note"]
    assert len(page.select(".pills a")) == 3
    assert browse(anne).get("/sok?q=skrivar&slag=ukjend").status_code == 200


def test_nothing_found_says_so_and_leads_on(browse, anne, app):
    page = browse(anne).soup("/sok?q=xqzjkw")
    assert page.select_one("#results .empty")
    if "questions.ask" in app.view_functions:
        assert "xqzjkw" in page.select_one("#results .empty a")["href"]


def test_the_query_comes_back_as_text(browse, anne):
    page = browse(anne).soup("/sok", query_string={"q": '"><script>alert(1)</script>'})
    assert page.select_one("input[name=q]")["value"] == '"><script>alert(1)</script>'


def test_a_piece_of_the_page_is_the_same_as_in_the_page(browse, anne):
    fill()
    piece = browse(anne).get("/sok?q=skrivar", headers=PIECE)
    assert piece.text.strip() in browse(anne).get("/sok?q=skrivar").text
    assert "HX-Request" in piece.headers["Vary"]


def test_an_identity_number_is_neither_run_nor_lost(browse, anne, monkeypatch, caplog):
    def fail(*_args, **_kwargs):
        raise AssertionError("it was run")

    monkeypatch.setattr(queries, "find", fail)
    monkeypatch.setattr(queries, "similar", fail)
    with caplog.at_level(0):
        answer = browse(anne).get(f"/sok?q=feil+{BORN_1980}")
        suggested = browse(anne).get(f"/sok/framlegg?q=feil+{BORN_1980}", headers=PIECE)
    assert answer.status_code == suggested.status_code == 422
    assert f'value="feil {BORN_1980}"' in answer.text
    assert f"<mark>{BORN_1980}</mark>" in answer.text
    assert BORN_1980 not in suggested.text
    assert BORN_1980 not in caplog.text


def test_suggestions_come_while_typing(browse, anne):
    fill()
    answer = browse(anne).get("/sok/framlegg?q=skrivaren+p", headers=PIECE)
    assert "Skrivaren på akutten" in answer.text
    assert browse(anne).get("/sok/framlegg?q=", headers=PIECE).text.strip() == ""


def test_a_text_for_others_is_neither_shown_nor_suggested(browse, anne, didrik):
    service.index(kind="note", ref=5, title="Skrivaren til Anne", audience=f"person:{anne.id}")
    assert "Skrivaren til" in browse(anne).soup("/sok?q=skrivar").select_one("#results").text
    assert "til Anne" not in browse(didrik).get("/sok?q=skrivar").text
    assert "til Anne" not in browse(didrik).get("/sok/framlegg?q=skrivar", headers=PIECE).text


def test_the_page_asks_little_of_the_database(browse, anne):
    fill()
    client = browse(anne)
    client.get("/sok?q=skrivaren")
    client.get("/sok?q=skrivaren")
    assert len(client.statements) <= 10, client.statements  # PostgreSQL is asked for its trigrams too
