"""The demo desk holds together: its references, its counts, its states, and its written forms."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import portal
from portal.core import patient_data
from portal.core.clock import OSLO

CONTENT = Path(portal.__file__).parent / "demo" / "content"
COLORS = {"accent", "info", "sun", "heather", "neutral", "danger", "success"}
STATES = {"open", "looking", "answered", "solved"}
LANGUAGES = {"nn", "nb", "en"}
# The minutes are counted back from a Thursday at half past one; from there people ask within working hours.
COUNTED_FROM = datetime(2026, 11, 26, 13, 30, tzinfo=OSLO)

BOKMAL_ONLY = """
    ikke hvordan jeg hva hvor hvorfor hvem hvilken hvilke hvis hver hvert noen noe bare mye være vært kommer fra løsning
    løst løse en hun dem mer flere fikk ble selv siden gjør kjører kjør virker virke bruker brukeren skriver skriveren
    maskinen økten uten dere ennå hjem hjemme sammen tatt se vet spørre ringer åpne åpner åpen mulig vanlig vanligvis
    egentlig hele ganger morgen uke uken måned sykehus sykepleier ansatt gammel disse deres bedre setter legger tar sier
    henger finnes trenger annet annen jobber kollegene kolleger svarene bildet bilder velg velger mens heter koble
    kobler innringer fortsatt tilganger vennligst forbindelsen nyansatt visste begynner begynne kortutsteder født
"""
NYNORSK_ONLY = """
    ikkje korleis eg kva kvar kvifor kven noko nokon nokre berre mykje vere kjem frå løysing løyst ein dei ho meir
    fleire fekk vart sjølv sidan gjer køyrer køyr verkar brukaren brukar skrivar skrivaren maskina utan dykk enno heim
    heime saman teke sjå veit spørje ringjer opne opnar mogleg vanleg eigentleg heile gonger gong morgon veke månad
    sjukehus gammal desse betre finst treng anna annan jobbar kollegaene bilete medan heiter koplar seier tek vore
    byrja byrjar hugse hugs tenkje følgje difor òg
"""
FOREIGN = {"nn": frozenset(BOKMAL_ONLY.split()), "nb": frozenset(NYNORSK_ONLY.split()), "en": frozenset[str]()}

Row = dict[str, Any]


def load(name: str) -> Any:
    return json.loads((CONTENT / name).read_text(encoding="utf-8"))


def questions() -> list[Row]:
    return [row for path in sorted(CONTENT.glob("questions-*.json")) for row in json.loads(path.read_text("utf-8"))]


PEOPLE: list[Row] = load("people.json")
SLUGS = {person["slug"] for person in PEOPLE}
LOCALES = {person["slug"]: person["locale"] for person in PEOPLE}
TAGS = {tag["slug"] for tag in load("tags.json")}
ARTICLES: list[Row] = load("articles.json")
EVENTS: dict[str, list[Row]] = load("events.json")
JOYS: list[Row] = load("joys.json")
MARKS: dict[str, list[Row]] = load("marks.json")
QUESTIONS = questions()


def replies(question: Row) -> Iterator[Row]:
    for answer in question["answers"]:
        yield answer
        yield from answer["comments"]


def texts_of_questions() -> Iterator[tuple[str, str, str]]:
    for question in QUESTIONS:
        yield question["slug"], question["language"], f"{question['title']}\n\n{question['body']}"
        for reply in replies(question):
            yield f"{question['slug']}, {reply['author']}", reply["language"], reply["body"]


def texts_of_events() -> Iterator[tuple[str, str, str]]:
    for event in EVENTS["series"] + EVENTS["evenings"]:
        yield event["slug"], "nn", "\n\n".join(filter(None, [event["title"], event["text"], event.get("food")]))
    for game in EVENTS["games"]:
        yield game["slug"], "nn", game["text"]


def texts() -> Iterator[tuple[str, str, str]]:
    """Give every text of the desk: where it stands, its language, and itself."""
    yield from texts_of_questions()
    yield from texts_of_events()
    yield from ((person["slug"], person["locale"], person["about"]) for person in PEOPLE)
    yield from ((tag["slug"], "nn", tag["description"]) for tag in load("tags.json"))
    yield from ((joy["slug"], joy["language"], joy["text"]) for joy in JOYS)
    yield from ((each["question"], LOCALES[each["by"][0]], each["reason"]) for each in MARKS["verdicts"])
    yield from ((each["tag"], "nn", each["reason"]) for each in MARKS["checks"])
    for article in ARTICLES:
        yield article["number"], article["language"], f"{article['title']}\n\n{article['body']}"


def prose(text: str) -> str:
    """Take away what is not the writer's own running words: code, quotations, addresses."""
    text = re.sub(r"```.*?```", " ", text, flags=re.DOTALL)
    text = re.sub(r"`[^`]*`", " ", text)
    text = re.sub(r"^>.*$", " ", text, flags=re.MULTILINE)
    text = re.sub(r"\*\*[^*]+\*\*", lambda found: found[0].strip("*"), text)
    return re.sub(r"«[^»]*»", " ", text)


def spaced(text: str) -> str:
    """Take away code only, and the marks of lists and tables, which may be indented and aligned."""
    text = re.sub(r"```.*?```", "…", text, flags=re.DOTALL)
    text = re.sub(r"`[^`]*`", "…", text)
    return re.sub(r"^ *(?:[-|>]|\d+\.) ", "", text, flags=re.MULTILINE)


def words(text: str) -> set[str]:
    return set(re.findall(r"[a-zæøåéòô]+(?:-[a-zæøå]+)*", prose(text).lower()))


TEXTS = list(texts())


def test_the_desk_has_the_people_the_story_needs() -> None:
    roles = Counter(role for person in PEOPLE for role in person["roles"])
    assert len(PEOPLE) == 50
    assert roles == {"colleague": 50, "peer_supporter": 5, "organiser": 3, "administrator": 2}
    assert {"kari-skjerdal", "ola-nordvik", "ingrid-vikoyr", "solveig-aarvik", "torbjorn-nesse"} <= SLUGS
    assert next(person for person in PEOPLE if person["slug"] == "kari-skjerdal")["roles"] == ["colleague"]


@pytest.mark.parametrize("key", ["slug", "username", "email", "phone", "name", "about"])
def test_no_two_people_share_what_is_their_own(key: str) -> None:
    assert len({person[key] for person in PEOPLE}) == len(PEOPLE)


def test_each_person_is_complete() -> None:
    for person in PEOPLE:
        assert re.fullmatch(r"[a-z.]+@tunet\.example", person["email"]), person
        assert re.fullmatch(r"\d{4}", person["phone"]), person
        assert re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])", person["since"]), person
        assert person["locale"] in LANGUAGES
        assert person["shift"] in {"day", "evening", "late"}
        assert set(person["knows"]) <= TAGS, person
        assert len(person["about"]) <= 500


def test_the_tags_are_those_of_a_desk() -> None:
    tags = load("tags.json")
    assert len(TAGS) == len(tags) == 28
    for tag in tags:
        assert re.fullmatch(r"[a-z-]{2,40}", tag["slug"])
        assert tag["color"] in COLORS
        assert all(0 < len(tag[key]) <= 40 for key in ("name", "name_nb", "name_en"))
        assert 0 < len(tag["description"]) <= 200


def test_the_rooms_are_eight_mountains() -> None:
    rooms = load("rooms.json")
    assert len({room["slug"] for room in rooms}) == len(rooms) == 8
    for room in rooms:
        assert room["email"].endswith("@tunet.example")
        assert room["seats"] > 0
        assert room["floor"] > 0
        assert room["equipment"]


def test_the_questions_are_a_hundred_and_twenty_in_the_wanted_mix() -> None:
    assert len({question["slug"] for question in QUESTIONS}) == len(QUESTIONS) == 120
    assert len({question["title"] for question in QUESTIONS}) == 120
    states = Counter(question["state"] for question in QUESTIONS)
    assert states == {"solved": 72, "answered": 24, "open": 14, "looking": 10}
    languages = Counter(question["language"] for question in QUESTIONS)
    assert 66 <= languages["nn"] <= 78
    assert 36 <= languages["nb"] <= 48
    assert 4 <= languages["en"] <= 8


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question["slug"])
def test_each_question_keeps_what_its_state_says(question: Row) -> None:
    accepted = [answer["accepted"] for answer in question["answers"]].count(True)
    assert question["state"] in STATES
    assert accepted == (1 if question["state"] == "solved" else 0)
    assert bool(question["answers"]) == (question["state"] in {"solved", "answered"})
    assert ("looking" in question) == (question["state"] == "looking")
    assert question.get("looking") != question["author"]


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question["slug"])
def test_each_question_refers_to_what_exists_and_keeps_the_limits(question: Row) -> None:
    assert re.fullmatch(r"[a-z0-9-]{3,60}", question["slug"])
    assert 3 <= len(question["title"]) <= 150
    assert question["author"] in SLUGS
    assert question.get("looking", question["author"]) in SLUGS
    assert 1 <= len(set(question["tags"]) & TAGS) == len(question["tags"]) <= 5
    assert 0 <= question.get("wondering", 0) < len(PEOPLE)
    assert len(question["body"]) <= 8000
    for reply in replies(question):
        assert reply["author"] in SLUGS
        assert 0 < len(reply["body"]) <= 8000
        assert reply["language"] in LANGUAGES
    for answer in question["answers"]:
        assert 0 <= answer["thanks"] < len(PEOPLE)
        assert answer["author"] != question["author"]


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question["slug"])
def test_nothing_is_said_before_its_time(question: Row) -> None:
    since = {person["slug"]: person["since"] for person in PEOPLE}
    asked = COUNTED_FROM - timedelta(minutes=question["minutes_ago"])
    said = [(question["author"], asked)]
    for answer in question["answers"]:
        answered = asked + timedelta(minutes=answer["minutes_after"])
        said.append((answer["author"], answered))
        for comment in answer["comments"]:
            said.append((comment["author"], answered + timedelta(minutes=comment["minutes_after"])))
    for author, moment in said:
        assert moment < COUNTED_FROM
        assert since[author] <= f"{moment:%Y-%m}"
        assert moment.weekday() < 5
        assert 6 <= moment.hour < 22


def test_the_questions_are_spread_from_minutes_to_a_year_and_more() -> None:
    ages = [question["minutes_ago"] for question in QUESTIONS]
    assert sum(age < 400 for age in ages) >= 8
    assert sum(age < 7 * 1440 for age in ages) >= 24
    assert sum(age > 90 * 1440 for age in ages) >= 20
    assert max(ages) < 550 * 1440


def test_the_question_that_is_asked_live_is_not_there_yet() -> None:
    assert not any("akuttmottaket svarar ikkje" in question["title"].lower() for question in QUESTIONS)


def test_the_articles_are_complete_and_owned() -> None:
    assert len({article["number"] for article in ARTICLES}) == len(ARTICLES) == 24
    for article in ARTICLES:
        assert re.fullmatch(r"KB10\d{3}", article["number"])
        assert re.fullmatch(r"[a-z0-9-]{3,80}", article["slug"])
        assert article["owner"] in SLUGS
        assert article["language"] in LANGUAGES
        assert article["tags"]
        assert set(article["tags"]) <= TAGS
        assert 0 <= article["reviewed_days_ago"] <= 730
        assert 3 <= len(article["title"]) <= 150
        assert 80 <= len(article["body"].split()) <= 250, article["number"]


def test_every_article_that_is_named_exists() -> None:
    numbers = {article["number"] for article in ARTICLES}
    named = {number for _, _, text in TEXTS for number in re.findall(r"KB\d+", text)}
    assert named <= numbers
    assert len(named) >= 15


def test_the_evenings_can_be_held() -> None:
    places = {room["slug"]: room["seats"] for room in load("rooms.json")}
    events = EVENTS["series"] + EVENTS["evenings"]
    assert len({event["slug"] for event in events}) == len(events) >= 8
    for event in events:
        assert event["organiser"] in SLUGS
        assert len(set(event["signed_up"])) == len(event["signed_up"])
        assert set(event["signed_up"]) <= SLUGS
        assert re.fullmatch(r"\d\d:\d\d", event["time"])
        assert event["minutes"] > 0
        assert 3 <= len(event["title"]) <= 120
        assert 0 < len(event["text"]) <= 2000
        assert (event["room_seats"] is None) == bool(event["place"])
        assert event["room_seats"] is None or event["room_seats"] <= max(places.values())


def test_the_series_are_the_weekly_games_and_the_monthly_cinema() -> None:
    games, cinema = EVENTS["series"]
    assert games["rule"] == {"every": "week", "weekday": "wednesday"}
    assert (games["time"], games["minutes"], games["room_seats"]) == ("17:00", 180, 12)
    assert cinema["rule"] == {"every": "month", "weekday": "thursday", "which": "last"}
    assert cinema["time"] == "18:00"


def test_the_shelf_holds_six_games_that_someone_owns() -> None:
    assert len({game["slug"] for game in EVENTS["games"]}) == len(EVENTS["games"]) == 6
    for game in EVENTS["games"]:
        assert game["owner"] in SLUGS
        assert 1 <= game["players_min"] <= game["players_best"] <= game["players_max"]
        assert game["minutes"] > 0


def test_the_wall_has_thirty_joys_of_colleagues() -> None:
    assert len({joy["slug"] for joy in JOYS}) == len(JOYS) == 30
    for joy in JOYS:
        assert joy["author"] in SLUGS
        assert joy.get("to") is None or joy["to"] in SLUGS
        assert joy.get("to") != joy["author"]
        assert 0 < len(joy["text"]) <= 500
        assert joy["minutes_ago"] > 0


def test_the_marks_are_of_answers_that_are_there_and_never_ones_own_praise() -> None:
    answers = {(question["title"], answer["author"]) for question in QUESTIONS for answer in question["answers"]}
    for mark in MARKS["verdicts"]:
        assert (mark["question"], mark["author"]) in answers, mark
        assert set(mark["by"]) <= SLUGS - {mark["author"]}, mark
        assert bool(mark["reason"]) == (mark["kind"] != "works"), mark
        assert not mark["reason"] or len(mark["by"]) == 1, mark
    assert {mark["kind"] for mark in MARKS["verdicts"]} == {"works", "outdated", "dangerous"}


def test_only_who_looks_at_a_question_hands_it_over() -> None:
    owners = {question["title"]: question.get("looking") for question in QUESTIONS}
    assert MARKS["hand_overs"]
    for each in MARKS["hand_overs"]:
        assert owners[each["question"]] == each["from"]
        assert each["to"] in SLUGS - {each["from"]}
    assert all(owners[each["question"]] not in {None, each["by"]} for each in MARKS["looking_too"])
    assert {each["tag"] for each in MARKS["checks"]} <= TAGS


def test_each_text_keeps_to_its_written_form() -> None:
    wrong = [(place, sorted(words(text) & FOREIGN[language])) for place, language, text in TEXTS]
    assert [found for found in wrong if found[1]] == []


def test_no_text_holds_patient_data_or_long_numbers() -> None:
    today = COUNTED_FROM.date()
    found = [place for place, _, text in TEXTS if patient_data.findings(text, today=today)]
    assert found + [place for place, _, text in TEXTS if re.search(r"\d{11}", text)] == []


@pytest.mark.parametrize(
    "mistake",
    [
        pytest.param(r"\S {2,}\S", id="double space"),
        pytest.param(r"[ \t]$", id="space at the end of a line"),
        pytest.param(r" [,.;:!?](\s|$)", id="space before a mark"),
        pytest.param(r"[,;][A-Za-zæøåÆØÅ]", id="no space after a mark"),
        pytest.param(r"\b(\w+) \1\b", id="word twice"),
        pytest.param(r"\.\.\.", id="three dots"),
        pytest.param(r" - ", id="hyphen for a dash"),
    ],
)
def test_the_texts_are_set_with_care(mistake: str) -> None:
    pattern = re.compile(mistake, re.MULTILINE)
    assert [(place, found[0]) for place, _, text in TEXTS for found in pattern.finditer(spaced(text))] == []


def test_quotation_marks_come_in_norwegian_pairs() -> None:
    odd = [place for place, _, text in TEXTS if text.count("«") != text.count("»")]
    assert odd + [place for place, language, text in TEXTS if language != "en" and '"' in spaced(text)] == []
