"""Opening a big incident, saying how it goes, closing it, and following along."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from portal.blueprints.notifications.models import Notice
from portal.blueprints.people.models import Person
from portal.blueprints.people.rules import Role
from portal.blueprints.questions.models.marks import Following
from portal.blueprints.questions.models.posts import Comment, Question
from portal.blueprints.questions.queries import threads
from portal.blueprints.questions.service import commenting, moderation, redacting
from portal.blueprints.urgent.models.calls import HelpCall
from portal.blueprints.urgent.models.incidents import Affected, Incident
from portal.blueprints.urgent.queries import banners
from portal.blueprints.urgent.queries import incidents as reading
from portal.blueprints.urgent.rules.calls import Ending, State
from portal.blueprints.urgent.service import following, incidents
from portal.core import audit, jobs, live, privacy
from portal.core.db import db, transaction
from portal.core.errors import Conflict, Invalid, NotAllowed, NotFound
from portal.core.patient_data import PatientData
from tests.factories.incidents import make_incident
from tests.factories.people import make_person
from tests.factories.questions import make_question, make_tag
from tests.factories.urgent import make_call, put_to_work, rung

NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
AN_IDENTITY_NUMBER = "15076500565"


def kinds(person: Person) -> list[str]:
    mine = select(Notice.kind).where(Notice.person_id == person.id, Notice.kind.startswith("urgent.incident"))
    return list(db.session.scalars(mine.order_by(Notice.id)))


def count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


@pytest.fixture
def topics() -> Sequence[str]:
    """What was told, as every open page hears it."""
    heard: list[str] = []
    end = live.subscribe(heard.append)
    yield heard  # type: ignore[misc]
    end()


@pytest.fixture
def incident(anne: Person) -> Incident:
    with transaction():
        make_tag()
        return make_incident(anne, words="All printers of the ward.", tag="utskrift")


def test_opened_afresh_it_has_a_thread_of_its_own(anne: Person, incident: Incident) -> None:
    question = incident.question
    assert (question.title, question.body, question.author_id) == (
        "Printing is down",
        "All printers of the ward.",
        anne.id,
    )
    assert [tag.slug for tag in question.tags] == ["utskrift"]
    (banner,) = reading.open_now()
    assert (banner.headline, banner.words, banner.question_id) == (
        "Printing is down",
        "All printers of the ward.",
        question.id,
    )


def test_the_same_form_sent_twice_is_one_incident(anne: Person) -> None:
    with transaction():
        first = make_incident(anne, key="a-form")
        assert make_incident(anne, key="a-form") is first
    assert (count(Incident), count(Question)) == (1, 1)


def test_a_question_becomes_one_once(anne: Person, bjarne: Person) -> None:
    with transaction():
        question = make_question(anne, title="The printers sulk")
        first = incidents.open_from_question(bjarne, question.id)
        assert incidents.open_from_question(anne, question.id) is first
    assert (first.headline, first.opened_by_id) == ("The printers sulk", bjarne.id)


def test_a_second_one_about_the_same_system_is_asked_about_first(incident: Incident, bjarne: Person) -> None:
    with transaction(), pytest.raises(incidents.AlreadyOpen) as refusal:
        make_incident(bjarne, headline="No paper comes", tag="utskrift")
    assert refusal.value.incident_id == incident.id
    with transaction():
        make_incident(bjarne, headline="No paper comes", tag="utskrift", is_another=True)
    assert len(reading.open_now()) == 2


def test_from_a_call_the_words_of_the_call_stay_with_the_call(anne: Person, bjarne: Person) -> None:
    with transaction():
        make_tag()
        call = make_call(anne, text="Secret words of a call", tag="utskrift")
        opened = incidents.open_from_call(bjarne, call.id, headline="Printing is down")
    assert opened.tag is not None
    assert opened.tag.slug == "utskrift"
    assert "Secret" not in opened.question.title + opened.question.body + opened.headline
    assert call.state != State.OVER, "only the asker takes a hand down"


def test_a_headline_takes_no_patient_data(anne: Person) -> None:
    for values in ({"headline": f"About {AN_IDENTITY_NUMBER}"}, {"headline": "Down", "words": AN_IDENTITY_NUMBER}):
        with transaction(), pytest.raises(PatientData):
            make_incident(anne, **values)
    assert count(Incident) == 0
    assert count(Question) == 0


def test_a_status_stands_in_the_thread_and_in_the_banner(at: Callable[[datetime], None], anne: Person) -> None:
    at(NOW)
    with transaction():
        incident = make_incident(anne)
    at(NOW + timedelta(minutes=5))
    with transaction():
        incidents.say(anne, incident.id, words="We restart the server.", next_word_in=30, key="k")
        incidents.say(anne, incident.id, words="We restart the server.", next_word_in=30, key="k")
    (banner,) = reading.open_now()
    assert banner.words == "We restart the server."
    assert banner.said_at == NOW + timedelta(minutes=5)
    assert banner.next_word_at == NOW + timedelta(minutes=35)
    (comment,) = db.session.scalars(select(Comment).where(Comment.question_id == incident.question_id))
    assert (comment.body, comment.author_id) == ("We restart the server.", anne.id)


def test_what_is_mended_in_the_thread_is_mended_in_the_banner(anne: Person, incident: Incident, carla: Person) -> None:
    with transaction():
        incidents.say(anne, incident.id, words="Back at ten.")
        incidents.say(anne, incident.id, words="Back at elven.")
    _first, second = db.session.scalars(select(Comment).order_by(Comment.id))
    with transaction():
        commenting.edit_comment(anne, incident.question_id, second.id, body="Back at eleven.", version=second.version)
    assert reading.open_now()[0].words == "Back at eleven."
    with transaction():
        redacting.redact(carla, second, piece="eleven")
    assert "eleven" not in reading.open_now()[0].words
    with transaction():
        commenting.remove_comment(anne, incident.question_id, second.id)
    assert reading.open_now()[0].words == "Back at ten."


def test_a_headline_does_not_keep_what_was_redacted(anne: Person, carla: Person, incident: Incident) -> None:
    with transaction():
        redacting.redact(carla, incident.question, piece="Printing")
    assert "Printing" not in incident.headline


@pytest.mark.parametrize("role", [None, Role.ORGANISER, Role.ADMINISTRATOR, Role.PEER_SUPPORTER])
def test_the_opener_organisers_and_administrators_lead(session: object, incident: Incident, role: Role | None) -> None:
    with transaction():
        other = make_person("Some Body", roles={role} if role else set())
    allowed = role in {Role.ORGANISER, Role.ADMINISTRATOR}
    for act in (
        lambda: incidents.say(other, incident.id, words="So it goes."),
        lambda: incidents.head(other, incident.id, headline="Otherwise"),
        lambda: incidents.close(other, incident.id),
        lambda: incidents.reopen(other, incident.id),
    ):
        if allowed:
            with transaction():
                act()
        else:
            with transaction(), pytest.raises(NotAllowed):
                act()


def test_every_act_is_in_the_log_without_words(anne: Person, incident: Incident) -> None:
    with transaction():
        incidents.say(anne, incident.id, words="So it goes.")
        incidents.head(anne, incident.id, headline="Print is down")
        incidents.close(anne, incident.id, words="Solved.")
        incidents.reopen(anne, incident.id)
    entries = [entry for entry in audit.entries() if entry.act.startswith("urgent.")]
    assert [entry.act for entry in reversed(entries)] == [
        "urgent.open_incident",
        "urgent.say_of_incident",
        "urgent.head_incident",
        "urgent.close_incident",
        "urgent.reopen_incident",
    ]
    assert all(entry.ids == {"incident_id": incident.id} and not entry.subject for entry in entries)


def test_a_word_that_is_too_long_or_empty_is_refused(anne: Person, incident: Incident) -> None:
    for words in ("x" * 301, "   "):
        with transaction(), pytest.raises(Invalid) as refusal:
            incidents.say(anne, incident.id, words=words)
        assert refusal.value.field == "words"


def test_nothing_is_said_of_what_is_over(anne: Person, incident: Incident) -> None:
    with transaction():
        incidents.close(anne, incident.id)
    with transaction(), pytest.raises(Conflict):
        incidents.say(anne, incident.id, words="One more thing.")
    assert reading.open_now() == []


def test_who_follows_along_hears_each_word_and_is_forgotten_when_it_is_over(
    anne: Person, bjarne: Person, didrik: Person, incident: Incident
) -> None:
    with transaction():
        following.follow(bjarne, incident.id)
        following.follow(bjarne, incident.id)
        incidents.say(anne, incident.id, words="So it goes.")
    assert kinds(bjarne) == ["urgent.incident_told"]
    assert bjarne.id in threads.followers(incident.question_id)
    with transaction():
        incidents.close(anne, incident.id, words="It was the cable.")
    assert kinds(bjarne) == ["urgent.incident_told", "urgent.incident_over"]
    assert kinds(anne) == kinds(didrik) == []
    assert count(Affected) == 0


def test_a_word_is_told_in_one_way_only(anne: Person, bjarne: Person, incident: Incident) -> None:
    with transaction():
        commenting.comment(bjarne, incident.question_id, body="Here too.")
        following.follow(bjarne, incident.id)
        incidents.say(anne, incident.id, words="So it goes.")
    told = db.session.scalars(select(Notice.kind).where(Notice.person_id == bjarne.id)).all()
    assert told == ["urgent.incident_told"]


def test_it_can_be_taken_back(bjarne: Person, incident: Incident) -> None:
    with transaction():
        following.follow(bjarne, incident.id)
        following.no_longer(bjarne, incident.id)
        following.no_longer(bjarne, incident.id)
    assert count(Affected) == 0
    following_it = select(Following).where(Following.person_id == bjarne.id)
    assert db.session.scalars(following_it).all() == []


def test_nobody_follows_what_is_over_or_out_of_sight(anne: Person, bjarne: Person, carla: Person) -> None:
    with transaction():
        over, hidden = make_incident(anne), make_incident(anne)
        incidents.close(anne, over.id)
        moderation.hide(carla, hidden.question_id, hidden=True)
    with transaction(), pytest.raises(Conflict):
        following.follow(bjarne, over.id)
    with transaction(), pytest.raises(NotFound):
        following.follow(bjarne, hidden.id)
    assert reading.open_now() == []


def test_a_hand_that_joins_comes_down_and_rings_nobody(anne: Person, bjarne: Person, incident: Incident) -> None:
    with transaction():
        put_to_work(anne, bjarne)
        call = make_call(bjarne)
    assert rung(call.id) == {anne.id}
    with transaction():
        following.follow(bjarne, incident.id, call.id)
    db.session.expire_all()
    assert (call.state, call.ending) == (State.OVER, Ending.JOINED)
    assert rung(call.id) == set()
    assert reading.followed_by(bjarne) == {incident.id}


def test_nobody_takes_the_hand_of_another_down(bjarne: Person, didrik: Person, incident: Incident) -> None:
    with transaction():
        call = make_call(bjarne)
    with transaction(), pytest.raises(NotAllowed):
        following.follow(didrik, incident.id, call.id)
    assert db.session.get_one(HelpCall, call.id).state == State.RINGING
    assert count(Affected) == 0


def test_from_five_on_the_number_is_told(incident: Incident, session: object) -> None:
    with transaction():
        people = [make_person(f"Colleague {number}") for number in range(5)]
    told = []
    for person in people:
        with transaction():
            following.follow(person, incident.id)
        told.append(reading.open_now()[0].crowd)
    assert [crowd.number for crowd in told] == [None, None, None, None, 5]
    assert [crowd.is_several for crowd in told] == [False, True, True, True, False]


def test_several_hands_about_one_thing_are_seen_by_the_pages(session: object, otto: Person, topics: list[str]) -> None:
    with transaction():
        make_tag()
        people = [make_person(f"Colleague {number}") for number in range(3)]
        for person in people[:2]:
            make_call(person, tag="utskrift")
    assert reading.together_now() == ()
    with transaction():
        make_call(people[2], tag="utskrift")
    (together,) = reading.together_now()
    assert (together.tag.slug, together.asker_ids) == ("utskrift", frozenset(person.id for person in people))
    assert banners.board().together
    with transaction():
        make_incident(otto, tag="utskrift")
    assert reading.together_now() == []


def test_after_hours_without_a_word_those_who_lead_are_asked_once(
    at: Callable[[datetime], None], anne: Person, otto: Person, carla: Person, didrik: Person
) -> None:
    at(NOW)
    with transaction():
        incident = make_incident(anne)
    for hours in (3.9, 4.1, 6, 12):
        at(NOW + timedelta(hours=hours))
        with transaction():
            incidents.ask_of_quiet_ones()
    assert kinds(anne) == kinds(otto) == kinds(carla) == ["urgent.incident_quiet"]
    assert kinds(didrik) == []
    assert incident.closed_at is None, "nothing closes by itself"
    with transaction():
        incidents.say(anne, incident.id, words="Still at it.")
    at(NOW + timedelta(hours=17))
    with transaction():
        incidents.ask_of_quiet_ones()
    asked = select(Notice).where(Notice.person_id == otto.id, Notice.kind == "urgent.incident_quiet")
    assert sum(notice.count for notice in db.session.scalars(asked)) == 2


def test_the_job_that_asks_is_on_a_schedule(session: object) -> None:
    assert jobs.kinds["urgent.quiet_incidents"].next_time is not None


def test_it_opens_again_unless_its_thread_has_another(anne: Person, incident: Incident) -> None:
    with transaction():
        incidents.close(anne, incident.id)
        second = incidents.open_from_question(anne, incident.question_id)
    assert second.id != incident.id
    with transaction(), pytest.raises(Conflict):
        incidents.reopen(anne, incident.id)
    with transaction():
        incidents.close(anne, second.id)
        incidents.reopen(anne, incident.id)
    assert [banner.id for banner in reading.open_now()] == [incident.id]


def test_a_page_reads_nothing_while_nothing_is_on(session: object, anne: Person) -> None:
    assert banners.board().banners == ()
    with transaction():
        make_incident(anne)
    assert [banner.headline for banner in banners.board().banners] == ["Printing is down"]


def test_everything_of_a_person_is_exported_and_erased(anne: Person, bjarne: Person, incident: Incident) -> None:
    with transaction():
        following.follow(bjarne, incident.id)
    exported = reading.export(bjarne.id)
    assert [each["headline"] for each in exported["incidents_followed"]] == ["Printing is down"]
    assert [each["headline"] for each in reading.export(anne.id)["incidents_opened"]] == ["Printing is down"]
    with transaction():
        for person in (anne, bjarne):
            following.erase(person.id)
    db.session.expire_all()
    assert (count(Affected), incident.opened_by_id) == (0, None)
    assert any(holding.slice == "urgent" and holding.erase is following.erase for holding in privacy.holdings())


def test_a_lost_message_is_made_good_within_seconds(
    session: object, anne: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(banners, "SETTLES", 0.0)
    banners.forget()
    assert banners.board().banners == ()
    with transaction():  # as another process does whose message is lost
        question = make_question(anne)
        db.session.add(Incident(question_id=question.id, headline="Printing is down", said_at=NOW))
    assert banners.board().banners == (), "what was read just now is believed"
    monkeypatch.setattr(banners, "OLDEST", 0.0)
    assert len(banners.board().banners) == 1


def test_a_change_that_was_told_is_seen_at_once(session: object, anne: Person) -> None:
    banners.forget()
    banners.board()
    with transaction():
        make_incident(anne)
    assert len(banners.board().banners) == 1
