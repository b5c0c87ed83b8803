"""The pages of the pulse: one tap, the same page before and after it, and nothing to look further into."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.blueprints.people.models import Person
from portal.blueprints.pulse import service
from portal.blueprints.pulse.models import Annotation, Note
from portal.core.audit import AuditEntry
from portal.core.db import transaction
from tests.client import AuditingClient
from tests.factories.pulse_pages import MONDAY, at, make_mark, make_note, make_round, make_team, make_week

Browse = Callable[[Person], AuditingClient]
Freeze = Callable[[datetime], None]
TUESDAY = at(MONDAY + timedelta(days=1), 12)
IDENTITY_NUMBER = "13097248022"
A_WEEK = timedelta(weeks=1)


@pytest.fixture(autouse=True)
def tuesday(at: Freeze) -> None:
    at(TUESDAY)


def mine(round_id: int, person: Person) -> service.MyAnswer:
    return service.my_answer(round_id, service.token(round_id, person.id))


def test_only_those_who_are_signed_in_come_in(client: AuditingClient) -> None:
    for path in ("", "/slik"):
        assert client.get(f"/pusterom/puls{path}").status_code == 303


def test_one_tap_is_an_answer(anne: Person, bjarne: Person, browse: Browse) -> None:
    round_id = make_round([anne, bjarne])
    client = browse(anne)
    page = client.soup("/pusterom/puls")
    form = page.select_one("form[action='/pusterom/puls/svar']")
    assert [button["value"] for button in form.select("button[name=face]")] == ["1", "2", "3", "4", "5"]
    answer = client.post("/pusterom/puls/svar", data={"face": "2"})
    assert (answer.status_code, answer.location) == (303, "/pusterom/puls")
    assert mine(round_id, anne).value == 2
    assert mine(round_id, bjarne).value == service.NO_ANSWER


def test_an_answer_can_be_changed_given_words_and_taken_back(anne: Person, browse: Browse) -> None:
    round_id = make_round([anne])
    client = browse(anne)
    client.post("/pusterom/puls/svar", data={"face": "2"})
    client.post("/pusterom/puls/svar", data={"face": "4", "note": "Telefonen ringer heile tida."})
    assert mine(round_id, anne) == service.MyAnswer(is_asked=True, value=4, note="Telefonen ringer heile tida.")
    page = client.soup("/pusterom/puls")
    assert [each["value"] for each in page.select("#answer button[aria-pressed=true]")] == ["4"]
    assert page.select_one("textarea[name=note]").text.strip() == "Telefonen ringer heile tida."
    client.post("/pusterom/puls/svar/tilbake")
    assert mine(round_id, anne) == service.MyAnswer(is_asked=True)
    assert client.soup("/pusterom/puls").select("#answer button[aria-pressed=true]") == []


def without_chance(page: str) -> str:
    """Take away what is another one on every page: tokens and nonces."""
    page = re.sub(r'(nonce|value|content|href|hx-nonce|data-csrf)="[^"]{20,}"', "", page)
    page = re.sub(r"<!-- \.+ -->", "", page)  # what fills it up to the same length
    page = re.sub(r"since=\d+", "", page)
    return re.sub(r'(data-request|data-live)="[^"]*"', "", page)


def test_before_and_after_an_answer_the_page_is_the_same_but_for_the_pressed_face(
    anne: Person, bjarne: Person, browse: Browse
) -> None:
    make_round([anne, bjarne])
    client = browse(anne)
    before = client.get("/pusterom/puls").text
    asked_before = list(client.statements)
    client.post("/pusterom/puls/svar", data={"face": "1"})
    client.get("/pusterom/puls")  # says once that it is in the box
    after = client.get("/pusterom/puls").text
    released = re.sub(r'(name="face" value="\d" aria-pressed)="true"', r'\1="false"', after)
    assert released != after
    assert without_chance(released) == without_chance(before)
    assert client.statements == asked_before


def test_an_answer_a_change_and_taking_back_do_the_same_work(anne: Person, bjarne: Person, browse: Browse) -> None:
    make_round([anne, bjarne])
    client = browse(anne)
    client.post("/pusterom/puls/svar", data={"face": "1"})
    first = list(client.statements)
    client.post("/pusterom/puls/svar", data={"face": "1"})
    assert client.statements == first
    client.post("/pusterom/puls/svar", data={"face": "5", "note": "x" * 400})
    assert client.statements == first
    client.post("/pusterom/puls/svar/tilbake")
    assert client.statements == first
    assert not any("throttle" in each for each in first)  # a row that counts would tell who has tapped


def test_nobody_else_sees_that_somebody_has_answered(
    anne: Person, bjarne: Person, carla: Person, browse: Browse
) -> None:
    make_round([anne, bjarne, carla])
    watching = {person: browse(person) for person in (bjarne, carla)}
    before = {person: client.get("/pusterom/puls").text for person, client in watching.items()}
    browse(anne).post("/pusterom/puls/svar", data={"face": "1", "note": "Noko som plagar meg."})
    for person, client in watching.items():
        assert without_chance(client.get("/pusterom/puls").text) == without_chance(before[person])


@pytest.mark.parametrize("sent", [{}, {"face": "0"}, {"face": "6"}, {"face": "1.0"}, {"face": "²"}])
def test_a_face_that_is_none_is_asked_for_again(anne: Person, browse: Browse, sent: dict[str, str]) -> None:
    round_id = make_round([anne])
    answer = browse(anne).post("/pusterom/puls/svar", data={**sent, "note": "Orda mine"})
    assert answer.status_code == 422
    assert "Choose the face that fits best." in answer.text
    assert "Orda mine" in answer.text
    assert mine(round_id, anne) == service.MyAnswer(is_asked=True)


def test_a_patient_comes_back_marked_and_the_face_is_remembered(anne: Person, browse: Browse) -> None:
    round_id = make_round([anne])
    client = browse(anne)
    note = f"Igjen han {IDENTITY_NUMBER}"
    refused = client.post("/pusterom/puls/svar", data={"face": "2", "note": note})
    page = BeautifulSoup(refused.text, "html.parser")
    assert refused.status_code == 422
    assert page.select_one(".guarded mark").text == IDENTITY_NUMBER
    assert page.select_one("input[name=face]")["value"] == "2"
    assert page.select("button[value=keep]") == []  # nothing that everybody reads has a number of a person in it
    client.post("/pusterom/puls/svar", data={"face": ["2"], "note": note, "guard": "mask"})
    kept = mine(round_id, anne)
    assert kept.value == 2
    assert IDENTITY_NUMBER not in kept.note
    assert "Igjen han" in kept.note


def test_another_face_counts_more_than_the_one_that_is_remembered(anne: Person, browse: Browse) -> None:
    round_id = make_round([anne])
    client = browse(anne)
    refused = client.post("/pusterom/puls/svar", data={"face": "2", "note": IDENTITY_NUMBER})
    faces = BeautifulSoup(refused.text, "html.parser").select("#answer [name=face]")
    assert faces[-1]["value"] == "2"  # the one remembered comes last, so that a browser sends what was tapped first
    assert faces[-1]["type"] == "hidden"
    client.post("/pusterom/puls/svar", data={"face": ["5", "2"]})
    assert mine(round_id, anne).value == 5


def test_whoever_came_after_the_opening_is_told_so(anne: Person, bjarne: Person, browse: Browse) -> None:
    make_round([anne])
    client = browse(bjarne)
    page = client.soup("/pusterom/puls")
    assert "from the next round" in page.select_one("#answer").text
    assert page.select("button[name=face]") == []
    assert client.post("/pusterom/puls/svar", data={"face": "3"}).status_code == 404


def test_between_rounds_the_page_says_when_the_next_one_opens(anne: Person, browse: Browse, at: Freeze) -> None:
    make_round([anne], monday=MONDAY - A_WEEK)
    client = browse(anne)
    assert "No round is open just now" in client.soup("/pusterom/puls").select_one("#answer").text
    late = client.post("/pusterom/puls/svar", data={"face": "3", "note": "for seint"})
    assert late.status_code == 409
    assert "round is closed" in late.text
    assert client.post("/pusterom/puls/svar/tilbake").status_code == 409


def test_a_key_that_is_lost_is_said_plainly(anne: Person, browse: Browse) -> None:
    from portal.blueprints.pulse import backends

    round_id = make_round([anne])
    backends.destroy_key(f"round-{round_id}")
    assert "key of this round is gone" in browse(anne).soup("/pusterom/puls").select_one("#answer").text


def test_no_more_taps_than_a_person_makes(anne: Person, browse: Browse) -> None:
    make_round([anne])
    client = browse(anne)
    for _ in range(40):
        client.post("/pusterom/puls/svar/tilbake")
    assert client.post("/pusterom/puls/svar", data={"face": "1"}).status_code == 429


def test_weeks_are_words_with_a_gap_where_there_is_nothing_to_show(anne: Person, browse: Browse) -> None:
    for number, level in enumerate((2, 4, None, 4)):
        make_week({0: level} if level else {}, monday=MONDAY - A_WEEK * (4 - number))
    page = browse(anne).soup("/pusterom/puls")
    card = page.select_one("#desk")
    assert card.select_one("p").text == "Week 47 was fairly good, as was week 45."
    rows = [[cell.text for cell in row.select("th, td")] for row in card.select("tbody tr")]
    assert rows == [
        ["Week 47", "Fairly good"],
        ["Week 46", "Too few answers to show"],
        ["Week 45", "Fairly good"],
        ["Week 44", "Somewhat heavy"],
    ]
    assert len(card.select(".weeks--640 .weeks__bridge")) == 1
    assert {svg.select_one("desc").text for svg in card.select("svg[role=img]")} == {card.select_one("p").text}


@pytest.mark.parametrize(
    ("levels", "said"),
    [
        ((2, 4), "Week 47 was fairly good, lighter than week 46."),
        ((5, 1), "Week 47 was heavy, heavier than week 46."),
        ((3, None), "Week 47 had too few answers to show. Week 46 was in between."),
        ((None, 3), "Week 47 was in between."),
        ((None, None), "Too few answers to show. Nobody can see individual answers."),
        ((), "Nothing to show yet. The first round is counted when it closes."),
    ],
)
def test_one_sentence_says_what_the_line_shows(
    anne: Person, browse: Browse, levels: tuple[int | None, ...], said: str
) -> None:
    for number, level in enumerate(reversed(levels), start=1):
        make_week({0: level} if level else {}, monday=MONDAY - A_WEEK * number)
    assert browse(anne).soup("/pusterom/puls").select_one("#desk p").text == said


def test_a_week_without_a_round_is_a_gap_too(anne: Person, browse: Browse) -> None:
    make_week({0: 3}, monday=MONDAY - A_WEEK * 3)
    make_week({0: 3}, monday=MONDAY - A_WEEK)
    rows = browse(anne).soup("/pusterom/puls").select("#desk tbody tr")
    assert len(rows) == 3


def test_a_team_is_there_only_when_something_was_published_for_it(anne: Person, browse: Browse) -> None:
    shown, hidden = make_team("Nord"), make_team("Sør")
    make_week({0: 3, shown.id: 4}, monday=MONDAY - A_WEEK)
    text = browse(anne).soup("/pusterom/puls").select_one("#teams").text
    assert shown.name in text
    assert hidden.name not in text


def test_no_teams_are_spoken_of_where_none_was_published(anne: Person, browse: Browse) -> None:
    make_team("Nord")
    make_week({0: 3}, monday=MONDAY - A_WEEK)
    assert browse(anne).soup("/pusterom/puls").select("#teams") == []


def test_an_organiser_puts_what_happened_on_the_chart(
    session: Session, anne: Person, otto: Person, browse: Browse
) -> None:
    make_week({0: 2}, monday=MONDAY - A_WEEK)
    day = MONDAY - A_WEEK + timedelta(days=2)
    client = browse(otto)
    sent = client.post("/pusterom/puls/merknader", data={"day": day.isoformat(), "words": "Journaloppgradering"})
    assert sent.status_code == 303
    page = browse(anne).soup("/pusterom/puls")
    assert "Journaloppgradering" in page.select_one(".week-marks").text
    assert [each.text for each in page.select(".weeks--640 .weeks__number")] == ["1"]
    assert page.select("#annotate, .week-marks form") == []
    found = session.scalars(select(Annotation)).one()
    assert client.post(f"/pusterom/puls/merknader/{found.id}/sletting").status_code == 303
    assert session.scalars(select(Annotation)).all() == []
    acts = session.execute(select(AuditEntry.viewer_id, AuditEntry.act)).all()
    assert acts == [(otto.id, "pulse.annotated"), (otto.id, "pulse.annotation_removed")]


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (MONDAY + A_WEEK, "I morgon"),
        (date(2020, 1, 1), "For lenge sidan"),
        (MONDAY, ""),
        (MONDAY, "x" * 61),
        (MONDAY, f"Pasient {IDENTITY_NUMBER}"),
    ],
)
def test_words_that_do_not_belong_on_the_chart_come_back(
    session: Session, otto: Person, browse: Browse, day: date, words: str
) -> None:
    answer = browse(otto).post("/pusterom/puls/merknader", data={"day": day.isoformat(), "words": words})
    assert answer.status_code == 422
    assert session.scalars(select(Annotation)).all() == []


def test_only_organisers_write_on_the_chart_and_hide(anne: Person, didrik: Person, browse: Browse) -> None:
    mark, note = make_mark("Oppgradering", day=MONDAY), make_note("Støy")
    for person in (anne, didrik):
        client = browse(person)
        data = {"day": MONDAY.isoformat(), "words": "Noko"}
        assert client.post("/pusterom/puls/merknader", data=data).status_code == 403
        assert client.post(f"/pusterom/puls/merknader/{mark}/sletting").status_code == 403
        assert client.post(f"/pusterom/puls/notat/{note}/skjuling").status_code == 403


def test_what_is_not_there_is_not_found(otto: Person, browse: Browse) -> None:
    client = browse(otto)
    assert client.post("/pusterom/puls/merknader/99/sletting").status_code == 404
    assert client.post(f"/pusterom/puls/notat/{'b' * 32}/skjuling").status_code == 404


def test_two_things_in_one_week_share_a_number(anne: Person, browse: Browse) -> None:
    make_week({0: 2}, monday=MONDAY - A_WEEK * 2)
    make_week({0: 2}, monday=MONDAY - A_WEEK)
    make_mark("Oppgradering", day=MONDAY - A_WEEK * 2)
    make_mark("Nytt telefonsystem", day=MONDAY - A_WEEK)
    make_mark("Straumbrot", day=MONDAY - A_WEEK + timedelta(days=3))
    numbers = browse(anne).soup("/pusterom/puls").select(".week-marks__number")
    assert [each.text for each in numbers] == ["1", "2", "2"]


def test_what_happened_this_week_stands_below_until_the_week_is_counted(otto: Person, browse: Browse) -> None:
    make_week({0: 2}, monday=MONDAY - A_WEEK)
    make_mark("Eldre enn alt", day=MONDAY - A_WEEK * 2)
    make_mark("Ny skrivarkø", day=MONDAY)
    page = browse(otto).soup("/pusterom/puls")
    assert [each.text for each in page.select(".week-marks__number")] == ["·"]
    assert "on the chart when the week is counted" in page.select_one(".week-marks").text
    assert page.select(".weeks__mark") == []
    assert page.select_one(".week-marks form")


def test_a_note_stands_without_name_time_or_team(anne: Person, otto: Person, browse: Browse) -> None:
    make_note("Det er for mykje støy\n\nved dørene.")
    notes = browse(anne).soup("/pusterom/puls").select_one("#notes")
    assert [each.text for each in notes.select("blockquote p")] == ["Det er for mykje støy", "ved dørene."]
    assert notes.select("time, form, a") == []
    assert not re.search(r"\d", notes.text)


def test_a_note_is_shown_as_text(anne: Person, browse: Browse) -> None:
    make_note("<script>alert(1)</script>")
    assert browse(anne).soup("/pusterom/puls").select_one("#notes blockquote").text == "<script>alert(1)</script>"


def test_an_organiser_hides_a_note_that_points_at_somebody(
    session: Session, anne: Person, otto: Person, browse: Browse
) -> None:
    name = make_note("Om nokon")
    assert browse(otto).post(f"/pusterom/puls/notat/{name}/skjuling").status_code == 303
    assert session.get(Note, name).is_hidden
    assert "Om nokon" not in browse(anne).get("/pusterom/puls").text
    assert "Om nokon" not in session.scalars(select(AuditEntry.subject)).one()


def numbers_in(page: BeautifulSoup) -> set[str]:
    """Give the figures that a reader meets."""
    for element in page.select("script, style, header, footer, nav"):
        element.decompose()
    return set(re.findall(r"\d+", page.select_one("main").get_text(" ")))


def test_no_page_says_how_many_have_answered(
    anne: Person, bjarne: Person, carla: Person, otto: Person, browse: Browse
) -> None:
    everybody = [anne, bjarne, carla, otto]
    make_round(everybody)
    empty = {person: numbers_in(browse(person).soup("/pusterom/puls")) for person in everybody}
    for person in everybody:
        browse(person).post("/pusterom/puls/svar", data={"face": "3"})
    for person in everybody:
        client = browse(person)
        assert numbers_in(client.soup("/pusterom/puls")) == empty[person]


@pytest.mark.parametrize("who", ["carla", "otto"])
def test_administrators_and_organisers_see_the_same_weeks_as_everybody(
    request: pytest.FixtureRequest, anne: Person, browse: Browse, who: str
) -> None:
    team = make_team("Nord")
    make_week({0: 3, team.id: 4}, monday=MONDAY - A_WEEK)
    make_note("Støy")
    seen = []
    for person in (anne, request.getfixturevalue(who)):
        page = browse(person).soup("/pusterom/puls")
        for form in page.select("main form, #annotate"):
            form.decompose()
        seen.append(" ".join(page.select_one("main").get_text(" ").split()))
    assert seen[0] == seen[1]


def test_nothing_behind_a_question_mark_changes_the_page(anne: Person, browse: Browse) -> None:
    team = make_team("Nord")
    make_week({0: 3, team.id: 4}, monday=MONDAY - A_WEEK)
    client = browse(anne)
    plain = client.soup("/pusterom/puls").select_one("main").get_text()
    asked = client.soup(f"/pusterom/puls?team={team.id}&week=46&cell=1&from=2026-01-01&page=2&etter=1&vis=alle")
    assert asked.select_one("main").get_text() == plain


def test_the_pages_take_few_queries_however_much_is_on_them(anne: Person, otto: Person, browse: Browse) -> None:
    make_round([anne, otto])
    teams = [make_team(name) for name in ("Aust", "Nord", "Sør", "Vest")]
    for number in range(1, 13):
        make_week({0: 3, **{team.id: 2 for team in teams}}, monday=MONDAY - A_WEEK * number)
        make_mark(f"Merke {number}", day=MONDAY - A_WEEK * number)
        make_note(f"Notat {number}", name=f"{number:032d}")
    client = browse(otto)
    client.get("/pusterom/puls")
    assert len(client.statements) <= 12, client.statements


def test_the_front_page_of_the_breathing_space_shows_the_weeks_the_same_to_all(
    anne: Person, carla: Person, browse: Browse
) -> None:
    make_round([anne, carla])
    make_week({0: 4}, monday=MONDAY - A_WEEK)
    for person in (anne, carla):
        card = browse(person).soup("/pusterom").select_one("#pulse")
        assert "Week 47 was fairly good." in card.text
        assert card.select_one("a")["href"] == "/pusterom/puls"
    before = browse(carla).soup("/pusterom").select_one("#pulse").get_text()
    browse(anne).post("/pusterom/puls/svar", data={"face": "1"})
    assert browse(carla).soup("/pusterom").select_one("#pulse").get_text() == before


def test_the_explanation_is_open_to_everybody(anne: Person, browse: Browse) -> None:
    page = browse(anne).soup("/pusterom/puls/slik")
    assert page.h1.text == "How the pulse is made"


def test_nothing_is_kept_of_who_pressed_when_a_round_is_answered(
    session: Session, anne: Person, browse: Browse
) -> None:
    make_round([anne])
    with transaction():
        pass
    browse(anne).post("/pusterom/puls/svar", data={"face": "1"})
    assert session.scalars(select(AuditEntry)).all() == []
