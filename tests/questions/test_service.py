from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from portal.blueprints.notifications.models import Notice
from portal.blueprints.people.models import Person
from portal.blueprints.questions.models.marks import Thanks
from portal.blueprints.questions.models.posts import Answer, Question
from portal.blueprints.questions.queries import lists, searching, threads
from portal.blueprints.questions.queries import pictures as reading_pictures
from portal.blueprints.questions.rules import operators
from portal.blueprints.questions.rules.states import CLAIM_LASTS, Filter, Shown, State
from portal.blueprints.questions.service import answering, asking, claims, marks, moderation, pictures, solving
from portal.core import images
from portal.core.db import db
from portal.core.errors import Conflict, Invalid, NotAllowed, NotFound
from portal.core.patient_data import PatientData
from tests.factories.questions import make_answer, make_question, make_tag

IDENTITY_NUMBER = "01010112377"


def told(person: Person) -> list[str]:
    return list(db.session.scalars(select(Notice.kind).where(Notice.person_id == person.id).order_by(Notice.id)))


def test_asking_needs_a_title_and_nothing_else(anne: Person) -> None:
    question = asking.ask(anne, title="The printer in the ward sulks")
    assert (question.shown, question.body, question.tags) == (Shown.OPEN, "", [])


def test_an_empty_title_is_refused_at_its_field(anne: Person) -> None:
    with pytest.raises(Invalid) as refusal:
        asking.ask(anne, title="")
    assert refusal.value.field == "title"


def test_the_same_form_sent_twice_is_one_question(anne: Person) -> None:
    first = asking.ask(anne, title="Once", key="k1")
    assert asking.ask(anne, title="Once", key="k1").id == first.id
    assert db.session.scalar(select(func.count()).select_from(Question)) == 1


def test_the_same_form_sent_twice_is_one_answer_and_one_notice(anne: Person, bjarne: Person) -> None:
    question = make_question(anne)
    first = answering.answer(bjarne, question.id, body="Off and on.", key="k2")
    assert answering.answer(bjarne, question.id, body="Off and on.", key="k2").id == first.id
    assert question.answer_count == 1
    assert told(anne) == ["questions.answered"]


def test_two_people_may_send_forms_with_the_same_key(anne: Person, bjarne: Person) -> None:
    assert asking.ask(anne, title="Mine", key="k").id != asking.ask(bjarne, title="Yours", key="k").id


def test_unknown_tags_are_left_out(anne: Person) -> None:
    make_tag("utskrift")
    assert [tag.slug for tag in asking.ask(anne, title="x", tags=["utskrift", "nope"]).tags] == ["utskrift"]


def test_an_answer_makes_it_answered_and_ends_the_claim(anne: Person, bjarne: Person) -> None:
    question = make_question(anne)
    claims.claim(bjarne, question.id)
    assert threads.get_question(anne, question.id).shown is Shown.LOOKED_AT
    db.session.expire_all()
    make_answer(bjarne, question)
    assert (question.shown, question.claimed_by_id) == (Shown.ANSWERED, None)


def test_the_asker_and_followers_are_told_but_never_of_their_own_acts(
    anne: Person, bjarne: Person, didrik: Person
) -> None:
    question = make_question(anne)
    marks.choose_following(didrik, question.id, wanted=True)
    make_answer(bjarne, question)
    make_answer(anne, question, body="I did that already.")
    assert told(anne) == ["questions.answered"]
    assert told(didrik) == ["questions.answered"]
    assert told(bjarne) == ["questions.answered"]  # who answers follows, and anne answered after


def test_who_no_longer_follows_is_no_longer_told(anne: Person, bjarne: Person) -> None:
    question = make_question(anne)
    marks.choose_following(anne, question.id, wanted=False)
    make_answer(bjarne, question)
    assert told(anne) == []


def test_the_asker_says_what_solved_it_and_may_change_their_mind(anne: Person, bjarne: Person) -> None:
    question = make_question(anne)
    first, second = make_answer(bjarne, question), make_answer(bjarne, question, body="Or this.")
    solving.accept(anne, question.id, first.id)
    assert (question.state, question.accepted_answer_id) == (State.SOLVED, first.id)
    solving.accept(anne, question.id, second.id)
    assert [each.id for each in threads.thread(anne, question.id).answers] == [second.id, first.id]
    solving.reopen(anne, question.id)
    assert (question.state, question.solved_at) == (State.ANSWERED, None)


def test_nobody_else_says_what_solved_it(anne: Person, bjarne: Person, carla: Person) -> None:
    question = make_question(anne)
    added = make_answer(bjarne, question)
    for other in (bjarne, carla):
        with pytest.raises(NotAllowed):
            solving.accept(other, question.id, added.id)
        with pytest.raises(NotAllowed):
            solving.reopen(other, question.id)


def test_an_answer_of_another_question_cannot_solve_this_one(anne: Person, bjarne: Person) -> None:
    question, other = make_question(anne), make_question(anne, title="Another")
    stray = make_answer(bjarne, other)
    with pytest.raises(NotFound):
        solving.accept(anne, question.id, stray.id)
    with pytest.raises(NotFound):
        marks.thank(anne, question.id, stray.id)


def test_thanks_count_once_and_are_told_once(anne: Person, bjarne: Person) -> None:
    question = make_question(anne)
    added = make_answer(bjarne, question)
    for _ in range(2):
        marks.thank(anne, question.id, added.id)
    marks.take_thanks_back(anne, question.id, added.id)
    marks.thank(anne, question.id, added.id)
    assert db.session.scalar(select(func.count()).select_from(Thanks)) == 1
    assert told(bjarne) == ["questions.thanked"]


def test_nobody_thanks_for_their_own_answer(anne: Person, bjarne: Person) -> None:
    added = make_answer(bjarne, make_question(anne))
    with pytest.raises(NotAllowed):
        marks.thank(bjarne, added.question_id, added.id)


def test_the_first_to_look_at_it_has_it_until_it_lapses(anne: Person, bjarne: Person, didrik: Person, at) -> None:  # type: ignore[no-untyped-def]
    noon = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
    at(noon)
    question = make_question(anne)
    claims.claim(bjarne, question.id)
    with pytest.raises(Conflict):
        claims.claim(didrik, question.id)
    at(noon + CLAIM_LASTS)
    claims.claim(didrik, question.id)
    db.session.expire_all()
    assert question.claimed_by_id == didrik.id


def test_only_who_holds_a_claim_lets_it_go(anne: Person, bjarne: Person, didrik: Person) -> None:
    question = make_question(anne)
    claims.claim(bjarne, question.id)
    claims.let_go(didrik, question.id)
    db.session.expire_all()
    assert question.claimed_by_id == bjarne.id
    claims.let_go(bjarne, question.id)
    db.session.expire_all()
    assert question.claimed_by_id is None


def test_only_the_author_and_those_who_keep_order_change_a_text(anne: Person, bjarne: Person, carla: Person) -> None:
    question = make_question(anne)
    with pytest.raises(NotAllowed):
        asking.edit_question(bjarne, question.id, title="Mine now", body="", tags=[], version=question.version)
    asking.edit_question(carla, question.id, title="Tidied", body="", tags=[], version=question.version)
    assert question.title == "Tidied"


def test_a_change_on_top_of_somebody_elses_is_refused(anne: Person, carla: Person) -> None:
    question = make_question(anne)
    opened_at = question.version
    asking.edit_question(carla, question.id, title="Tidied", body="", tags=[], version=opened_at)
    db.session.flush()
    with pytest.raises(Conflict):
        asking.edit_question(anne, question.id, title="Mine", body="", tags=[], version=opened_at)
    assert question.title == "Tidied"


@pytest.mark.parametrize("field", ["title", "body"])
def test_patient_data_is_refused_before_anything_is_stored(anne: Person, field: str) -> None:
    texts = {"title": "The journal", "body": "It hangs", field: f"The journal of {IDENTITY_NUMBER} hangs"}
    with pytest.raises(PatientData):
        asking.ask(anne, **texts)  # type: ignore[arg-type]
    assert db.session.scalar(select(func.count()).select_from(Question)) == 0


def test_patient_data_in_an_answer_is_refused(anne: Person, bjarne: Person) -> None:
    question = make_question(anne)
    with pytest.raises(PatientData):
        answering.answer(bjarne, question.id, body=f"look at {IDENTITY_NUMBER}")
    assert db.session.scalar(select(func.count()).select_from(Answer)) == 0


def test_a_hidden_question_is_not_there_for_colleagues(anne: Person, bjarne: Person, carla: Person) -> None:
    question = make_question(anne)
    with pytest.raises(NotAllowed):
        moderation.hide(bjarne, question.id, hidden=True)
    moderation.hide(carla, question.id, hidden=True)
    with pytest.raises(NotFound):
        threads.get_question(bjarne, question.id)
    assert lists.questions(bjarne, Filter.ALL).items == []
    assert lists.newest(bjarne, 5) == []
    assert lists.unanswered_count(bjarne) == 0


def picture(owner: Person) -> str:
    kept = pictures.add_picture(
        owner, images.CleanImage(content=b"x", mime="image/webp", width=1, height=1, digest="d")
    )
    db.session.flush()
    return kept.token


def test_a_picture_is_its_owners_until_a_post_shows_it(anne: Person, bjarne: Person) -> None:
    token = picture(anne)
    assert reading_pictures.get_picture(anne, token).token == token
    with pytest.raises(NotFound):
        reading_pictures.get_picture(bjarne, token)
    make_question(anne, body=f"![x](/bilete/{token})")
    db.session.expire_all()
    assert reading_pictures.get_picture(bjarne, token).token == token


def test_showing_somebody_elses_picture_does_not_open_it(anne: Person, bjarne: Person, didrik: Person) -> None:
    token = picture(anne)
    make_question(didrik, body=f"![x](/bilete/{token})")
    db.session.expire_all()
    with pytest.raises(NotFound):
        reading_pictures.get_picture(bjarne, token)


def test_the_picture_of_a_hidden_question_is_hidden_with_it(anne: Person, bjarne: Person, carla: Person) -> None:
    token = picture(anne)
    question = make_question(anne, body=f"![x](/bilete/{token})")
    moderation.hide(carla, question.id, hidden=True)
    db.session.expire_all()
    with pytest.raises(NotFound):
        reading_pictures.get_picture(bjarne, token)


def test_pages_of_a_list_meet_without_gap_or_repeat(anne: Person, at) -> None:  # type: ignore[no-untyped-def]
    start = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)
    for number in range(45):
        at(start + timedelta(minutes=number // 3))  # several in the same minute
        make_question(anne, title=f"Question {number}")
    seen: list[int] = []
    cursor = None
    while True:
        page = lists.questions(anne, Filter.ALL, cursor=cursor)
        seen += [question.id for question in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == sorted(seen, reverse=True)
    assert len(seen) == 45


def test_the_lists_hold_what_they_say(anne: Person, bjarne: Person) -> None:
    mine, theirs, solved = make_question(anne), make_question(bjarne, title="B"), make_question(bjarne, title="C")
    tag = make_tag("citrix", "Citrix")
    db.session.flush()
    solved.tags = [tag]
    answer = make_answer(anne, solved)
    solving.accept(bjarne, solved.id, answer.id)

    def ids(wanted: Filter, text: str = "") -> set[int]:
        understood = searching.understand(anne, operators.parse(text))
        return {question.id for question in lists.questions(anne, wanted, understood=understood).items}

    assert ids(Filter.ALL) == {mine.id, theirs.id, solved.id}
    assert ids(Filter.UNANSWERED) == {mine.id, theirs.id}
    assert ids(Filter.MINE) == {mine.id}
    assert ids(Filter.SOLVED) == {solved.id}
    assert ids(Filter.ALL, "tag:citrix") == {solved.id}


def test_the_one_to_answer_is_the_longest_waiting_of_somebody_else(anne: Person, bjarne: Person) -> None:
    make_question(anne)
    assert lists.one_to_answer(anne) is None
    oldest = make_question(bjarne, title="Oldest")
    make_question(bjarne, title="Newer")
    assert lists.one_to_answer(anne) == oldest
