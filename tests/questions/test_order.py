"""Keeping order: hide, close, move, split, recast, redact, flag. What is done can be undone, and nothing leaks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from portal.blueprints.notifications.models import Notice
from portal.blueprints.people.models import Person
from portal.blueprints.questions.models.flags import Flag
from portal.blueprints.questions.models.history import Revision
from portal.blueprints.questions.models.marks import Following, Thanks
from portal.blueprints.questions.models.pictures import Picture
from portal.blueprints.questions.models.posts import Answer, Comment, Question
from portal.blueprints.questions.queries import flags, order, pictures, threads
from portal.blueprints.questions.rules.order import REMOVED, Outcome, Reason
from portal.blueprints.questions.service import (
    answering,
    asking,
    commenting,
    flagging,
    marks,
    moderation,
    recasting,
    redacting,
    solving,
)
from portal.blueprints.search import queries as search
from portal.core import clock
from portal.core.audit import AuditEntry
from portal.core.db import db
from portal.core.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.factories.questions import make_answer, make_question

pytestmark = pytest.mark.usefixtures("session")


@pytest.fixture
def question(anne: Person) -> Question:
    return make_question(anne, "The printer sulks", body="Since noon.")


def acts() -> list[str]:
    return list(db.session.scalars(select(AuditEntry.act).order_by(AuditEntry.id)))


def stand_in(question: Question) -> list[int]:
    return list(db.session.scalars(select(Answer.id).where(Answer.question_id == question.id).order_by(Answer.id)))


def told(person: Person) -> list[str]:
    return list(db.session.scalars(select(Notice.kind).where(Notice.person_id == person.id).order_by(Notice.id)))


class TestHiding:
    def test_a_hidden_answer_is_there_for_its_author_and_who_keeps_order_only(
        self, question: Question, anne: Person, bjarne: Person, carla: Person, didrik: Person
    ) -> None:
        answer = make_answer(bjarne, question)
        remark = commenting.comment(bjarne, question.id, body="By the way")
        chosen = [f"answer-{answer.id}", f"comment-{remark.id}"]
        moderation.hide_posts(carla, question.id, chosen, hidden=True)
        for person, seen in ((anne, 0), (didrik, 0), (bjarne, 1), (carla, 1)):
            thread = threads.thread(person, question.id)
            assert len(thread.answers) == seen
            assert len(thread.remarks_on(0).shown) == seen
        assert question.answer_count == 0
        with pytest.raises(NotFound):
            threads.get_answer(didrik, question.id, answer.id)
        moderation.hide_posts(carla, question.id, chosen, hidden=False)
        assert len(threads.thread(didrik, question.id).answers) == question.answer_count == 1
        assert acts() == [
            "questions.hide_answer",
            "questions.hide_comment",
            "questions.show_answer",
            "questions.show_comment",
        ]

    def test_the_asker_of_a_hidden_question_still_sees_it(
        self, question: Question, anne: Person, carla: Person, didrik: Person
    ) -> None:
        moderation.hide(carla, question.id, hidden=True)
        assert threads.get_question(anne, question.id) is question
        with pytest.raises(NotFound):
            threads.get_question(didrik, question.id)

    def test_the_title_of_a_hidden_question_lives_on_in_no_inbox(
        self, question: Question, anne: Person, bjarne: Person, carla: Person
    ) -> None:
        make_answer(bjarne, question)
        moderation.hide(carla, question.id, hidden=True)
        notice = db.session.scalars(select(Notice).where(Notice.person_id == anne.id)).one()
        assert question.title not in str(notice.params)
        moderation.hide(carla, question.id, hidden=False)
        assert notice.params["title"] == question.title

    def test_the_pictures_of_a_hidden_answer_are_hidden_with_it(
        self, question: Question, bjarne: Person, carla: Person, didrik: Person
    ) -> None:
        picture, other = make_picture(bjarne), make_picture(carla)
        shown = f"![](/bilete/{picture.token})"
        answer = make_answer(bjarne, question, shown)
        make_answer(carla, question, f"![](/bilete/{other.token})")
        moderation.hide_posts(carla, question.id, [f"answer-{answer.id}"], hidden=True)
        db.session.expire_all()
        for person in (bjarne, carla):
            assert pictures.get_picture(person, picture.token) is picture
        with pytest.raises(NotFound):
            pictures.get_picture(didrik, picture.token)
        assert pictures.get_picture(didrik, other.token) is other
        make_answer(carla, question, f"As he shows: {shown}")
        assert pictures.get_picture(didrik, picture.token) is picture

    def test_others_keep_no_order(self, question: Question, anne: Person, bjarne: Person, didrik: Person) -> None:
        answer, other = make_answer(bjarne, question), make_question(anne, "Other")
        chosen = [f"answer-{answer.id}"]
        for person in (anne, bjarne, didrik):
            for act in (
                lambda: moderation.hide(person, question.id, hidden=True),  # noqa: B023
                lambda: moderation.hide_posts(person, question.id, chosen, hidden=True),  # noqa: B023
                lambda: moderation.close(person, question.id, closed=True),  # noqa: B023
                lambda: moderation.move(person, question.id, chosen, target_id=other.id),  # noqa: B023
                lambda: moderation.split(person, question.id, chosen, title="Mine"),  # noqa: B023
                lambda: recasting.make_comment(person, question.id, answer.id),  # noqa: B023
            ):
                with pytest.raises(NotAllowed):
                    act()
        assert acts() == []


class TestClosing:
    def test_nothing_more_is_written_in_a_closed_thread_but_presses_work(
        self, question: Question, anne: Person, bjarne: Person, carla: Person, didrik: Person
    ) -> None:
        answer = make_answer(bjarne, question)
        moderation.close(carla, question.id, closed=True)
        with pytest.raises(Conflict):
            make_answer(didrik, question)
        with pytest.raises(Conflict):
            commenting.comment(didrik, question.id, body="And another thing")
        with pytest.raises(NotAllowed):
            answering.edit_answer(bjarne, question.id, answer.id, body="Changed", version=1)
        marks.thank(anne, question.id, answer.id)
        solving.accept(anne, question.id, answer.id)
        make_answer(carla, question, "Closed because of the upgrade.")
        moderation.close(carla, question.id, closed=False)
        make_answer(didrik, question)
        assert acts() == ["questions.close", "questions.open"]


class TestMoving:
    def test_an_answer_goes_to_another_question_and_comes_back(
        self, question: Question, anne: Person, bjarne: Person, carla: Person
    ) -> None:
        other = make_question(anne, "The scanner sulks")
        answer, stays = make_answer(bjarne, question), make_answer(anne, question)
        remark = commenting.comment(anne, question.id, answer_id=answer.id, body="That was it")
        solving.accept(anne, question.id, answer.id)
        transfer = moderation.move(carla, question.id, [f"answer-{answer.id}"], target_id=other.id)
        assert (stand_in(question), stand_in(other)) == ([stays.id], [answer.id])
        db.session.refresh(remark)
        assert remark.question_id == other.id
        assert (question.accepted_answer_id, question.answer_count, other.answer_count) == (None, 1, 1)
        assert "questions.moved" in told(bjarne)
        assert db.session.get(Following, (other.id, bjarne.id))
        for _ in range(2):
            moderation.undo(carla, question.id, transfer.id)
        assert (stand_in(question), stand_in(other)) == ([answer.id, stays.id], [])
        assert question.accepted_answer_id == answer.id
        assert not db.session.get(Following, (other.id, bjarne.id))
        assert acts() == ["questions.move", "questions.unmove"]

    def test_what_stands_in_another_thread_is_not_found(
        self, question: Question, anne: Person, bjarne: Person, carla: Person
    ) -> None:
        other = make_question(anne, "Other")
        foreign = make_answer(bjarne, other)
        for chosen in ([f"answer-{foreign.id}"], ["answer-999"], ["comment-1"]):
            with pytest.raises(NotFound):
                moderation.move(carla, question.id, chosen, target_id=other.id)
        for chosen in ([], ["answer-"], ["<script>"]):
            with pytest.raises(Invalid):
                moderation.move(carla, question.id, chosen, target_id=other.id)
        with pytest.raises(NotFound):
            moderation.undo(carla, question.id, 999)

    def test_answers_and_comments_become_a_question_of_their_own(
        self, question: Question, anne: Person, bjarne: Person, carla: Person, didrik: Person
    ) -> None:
        answer, stays = make_answer(bjarne, question), make_answer(anne, question)
        remark = commenting.comment(didrik, question.id, answer_id=stays.id, body="And the scanner?")
        new = moderation.split(carla, question.id, [f"answer-{answer.id}", f"comment-{remark.id}"], title="The scanner")
        assert (stand_in(question), stand_in(new)) == ([stays.id], [answer.id])
        db.session.refresh(remark)
        assert (remark.question_id, remark.answer_id) == (new.id, None)
        assert order.surroundings(anne, question, [], may_decide=False).went_to == [new]
        assert order.surroundings(anne, new, [], may_decide=False).came_from == [question]
        assert [hit.ref for hit in search.find(didrik, "scanner", kinds=["question"])] == [new.id]
        transfer = order.whole_thread(carla, new.id).transfers[0]
        moderation.undo(carla, new.id, transfer.id)
        db.session.refresh(remark)
        assert (remark.question_id, remark.answer_id) == (question.id, stays.id)
        assert (stand_in(question), new.is_hidden) == ([answer.id, stays.id], True)

    def test_a_split_needs_a_title_and_something_to_split_off(self, question: Question, carla: Person) -> None:
        answer = make_answer(carla, question)
        with pytest.raises(Invalid):
            moderation.split(carla, question.id, [f"answer-{answer.id}"], title=" ")
        with pytest.raises(Invalid):
            moderation.split(carla, question.id, [], title="Something")

    def test_pictures_go_with_the_answer_that_shows_them(
        self, question: Question, anne: Person, bjarne: Person, carla: Person, didrik: Person
    ) -> None:
        picture = make_picture(bjarne)
        answer = make_answer(bjarne, question, f"Look: ![](/bilete/{picture.token})")
        other = make_question(anne, "Other")
        transfer = moderation.move(carla, question.id, [f"answer-{answer.id}"], target_id=other.id)
        db.session.refresh(picture)
        assert picture.question_id == other.id
        moderation.undo(carla, other.id, transfer.id)
        db.session.refresh(picture)
        assert picture.question_id == question.id


class TestRecasting:
    def test_an_answer_becomes_a_comment_and_that_answer_again(
        self, question: Question, anne: Person, bjarne: Person, carla: Person
    ) -> None:
        answer, other = make_answer(bjarne, question, "Same with me"), make_answer(anne, question)
        marks.thank(anne, question.id, answer.id)
        remark = commenting.comment(anne, question.id, answer_id=answer.id, body="Really?")
        answering.edit_answer(bjarne, question.id, answer.id, body="Same here", version=1)
        for _ in range(2):
            comment = recasting.make_comment(carla, question.id, answer.id, under_id=other.id)
            assert (comment.body, comment.answer_id, comment.author_id) == ("Same here", other.id, bjarne.id)
            assert question.answer_count == 1
            for person in (anne, bjarne, carla):
                assert [each.id for each in threads.thread(person, question.id).answers] == [other.id]
            db.session.refresh(remark)
            assert remark.answer_id is None
            again = recasting.make_answer(carla, question.id, comment.id)
            assert (again.id, again.body, again.version) == (answer.id, "Same here", 2)
            assert question.answer_count == 2
            assert db.session.get(Thanks, (answer.id, anne.id))
            db.session.refresh(remark)
            assert remark.answer_id == answer.id
            assert len(db.session.scalars(select(Revision).where(Revision.answer_id == answer.id)).all()) == 2
            assert not threads.thread(carla, question.id).remarks_on(other.id).shown

    def test_a_comment_becomes_an_answer(self, question: Question, bjarne: Person, carla: Person) -> None:
        comment = commenting.comment(bjarne, question.id, body="Restart the spooler", is_anonymous=True)
        answer = recasting.make_answer(carla, question.id, comment.id)
        assert (answer.body, answer.author_id, answer.mask) == ("Restart the spooler", None, comment.mask)
        assert threads.thread(bjarne, question.id).remarks_on(0).count == 0
        assert recasting.make_comment(carla, question.id, answer.id).id == comment.id

    def test_what_solved_it_and_what_is_long_stay_answers(
        self, question: Question, anne: Person, bjarne: Person, carla: Person
    ) -> None:
        answer = make_answer(bjarne, question)
        solving.accept(anne, question.id, answer.id)
        with pytest.raises(Conflict):
            recasting.make_comment(carla, question.id, answer.id)
        long = make_answer(bjarne, question, "x" * 1001)
        with pytest.raises(Invalid):
            recasting.make_comment(carla, question.id, long.id)


SECRET = "Kari  Nordmann"


class TestRedacting:
    @pytest.fixture
    def leaked(self, anne: Person, bjarne: Person) -> Question:
        question = make_question(anne, "Printer of Kari Nordmann", body="She is Kari\nNordmann.")
        asking.edit_question(anne, question.id, title="KARI NORDMANN prints", body="Mended", tags=[], version=1)
        answer = make_answer(bjarne, question, "> Kari Nordmann\n\nRestart it.")
        commenting.comment(bjarne, question.id, answer_id=answer.id, body="Kari Nordmann again")
        return question

    def everything(self) -> Iterator[str]:
        db.session.flush()
        for model in (Question, Answer, Comment, Revision, Notice, AuditEntry, Flag):
            for row in db.session.scalars(select(model)):
                yield from (str(getattr(row, column.key)) for column in model.__mapper__.column_attrs)  # type: ignore[attr-defined]
        for text in db.session.connection().exec_driver_sql(
            "SELECT title || body || title_keys || body_keys || title_words || body_words FROM search_document"
        ):
            yield str(text)

    def holds(self, *words: str) -> list[str]:
        return [text for text in self.everything() if any(word in text.casefold() for word in words)]

    def test_a_piece_goes_from_the_whole_thread_and_all_that_it_was(self, leaked: Question, carla: Person) -> None:
        assert self.holds("nordmann")
        redacting.redact(carla, leaked, piece=SECRET, whole_thread=True)
        assert self.holds("nordmann", "kari") == []
        assert leaked.title == f"{REMOVED} prints"
        assert acts() == ["questions.redact"]

    def test_the_whole_of_a_post_goes_and_the_others_stand(self, leaked: Question, carla: Person) -> None:
        redacting.redact(carla, leaked, is_all=True)
        assert (leaked.title, leaked.body) == (REMOVED, REMOVED)
        rows = db.session.scalars(select(Revision).where(Revision.question_id == leaked.id)).all()
        assert {(row.title, row.body) for row in rows} == {(REMOVED, REMOVED)}
        assert "Restart" in db.session.scalars(select(Answer.body)).one()

    def test_who_writes_on_the_old_words_is_stopped(self, leaked: Question, anne: Person, carla: Person) -> None:
        version = leaked.version
        redacting.redact(carla, leaked, piece=SECRET)
        with pytest.raises(Conflict):
            asking.edit_question(anne, leaked.id, title="Kari Nordmann", body="", tags=[], version=version)

    def test_authors_may_clear_their_own_and_nobody_elses(
        self, leaked: Question, anne: Person, bjarne: Person, didrik: Person
    ) -> None:
        answer = db.session.scalars(select(Answer)).one()
        for person in (anne, didrik):
            with pytest.raises(NotAllowed):
                redacting.redact(person, answer)
        redacting.redact(bjarne, answer, piece=SECRET, whole_thread=True)
        assert answer.body.startswith(f"> {REMOVED}")
        assert "KARI" in leaked.title, "an author clears their own post, not the thread"
        assert acts() == []

    def test_words_that_were_never_there_are_said_to_be_missing(self, leaked: Question, carla: Person) -> None:
        with pytest.raises(Invalid):
            redacting.redact(carla, leaked, piece="Ola")

    def test_pictures_are_deleted_when_that_is_asked_for(
        self, question: Question, bjarne: Person, carla: Person
    ) -> None:
        picture = make_picture(bjarne)
        answer = make_answer(bjarne, question, f"Here ![the list](/bilete/{picture.token}) it is")
        redacting.redact(carla, answer, piece="it is", with_pictures=True)
        assert answer.body == f"Here {REMOVED} {REMOVED}"
        assert db.session.scalars(select(Picture)).all() == []


class TestFlags:
    def test_a_flag_waits_until_somebody_has_looked_and_both_are_thanked(
        self, question: Question, bjarne: Person, carla: Person, didrik: Person
    ) -> None:
        answer = make_answer(bjarne, question)
        flag = flagging.flag(didrik, answer, reason=Reason.UNKIND, note="This is harsh")
        assert "questions.flagged" in told(carla)
        assert not answer.is_hidden
        assert flags.waiting_count() == 1
        with pytest.raises(NotAllowed):
            flagging.settle(bjarne, flag.id, outcome=Outcome.LEFT)
        for _ in range(2):
            flagging.settle(carla, flag.id, outcome=Outcome.ACTED)
        assert flags.waiting_count() == 0
        assert told(didrik) == ["questions.flag_settled"]
        assert flag.note == ""
        assert "questions.out_of_sight" not in told(bjarne)

    def test_once_a_person_and_post(self, question: Question, didrik: Person, bjarne: Person, carla: Person) -> None:
        flag = flagging.flag(didrik, question, reason=Reason.OTHER)
        with pytest.raises(Conflict):
            flagging.flag(didrik, question, reason=Reason.UNKIND)
        flagging.flag(bjarne, question, reason=Reason.UNKIND)
        flagging.settle(carla, flag.id, outcome=Outcome.LEFT)
        assert flags.waiting_count() == 0, "flags of one post are settled together"
        flagging.flag(didrik, question, reason=Reason.UNKIND)

    @pytest.mark.parametrize("kind", ["question", "answer", "comment"])
    def test_patient_data_goes_out_of_sight_at_once_and_comes_back(
        self, question: Question, bjarne: Person, carla: Person, didrik: Person, anne: Person, kind: str
    ) -> None:
        posts: dict[str, Question | Answer | Comment] = {
            "question": question,
            "answer": make_answer(anne, question),
            "comment": commenting.comment(anne, question.id, body="Oh"),
        }
        post = posts[kind]
        flag = flagging.flag(didrik, post, reason=Reason.PATIENT)
        assert post.is_hidden
        assert "questions.out_of_sight" in told(anne)
        assert db.session.scalars(select(AuditEntry)).one().viewer_id is None
        flagging.settle(carla, flag.id, outcome=Outcome.LEFT)
        assert not post.is_hidden
        again = flagging.flag(bjarne, post, reason=Reason.PATIENT)
        assert not post.is_hidden, "somebody has looked at these very words"
        assert not again.has_hidden

    def test_words_that_changed_after_they_were_left_are_hidden_again(
        self, question: Question, anne: Person, carla: Person, didrik: Person, at: Callable[[datetime], None]
    ) -> None:
        flag = flagging.flag(didrik, question, reason=Reason.PATIENT)
        flagging.settle(carla, flag.id, outcome=Outcome.LEFT)
        at(clock.now() + timedelta(hours=2))
        asking.edit_question(anne, question.id, title="Now with a name", body="", tags=[], version=1)
        flagging.flag(didrik, question, reason=Reason.PATIENT)
        assert question.is_hidden

    def test_what_was_acted_upon_stays_out_of_sight(self, question: Question, carla: Person, didrik: Person) -> None:
        flag = flagging.flag(didrik, question, reason=Reason.PATIENT)
        flagging.settle(carla, flag.id, outcome=Outcome.ACTED)
        assert question.is_hidden

    def test_a_line_with_a_number_is_masked(self, question: Question, didrik: Person) -> None:
        flag = flagging.flag(didrik, question, reason=Reason.PATIENT, note="01010112377 stands there")
        assert "01010112377" not in flag.note

    def test_a_suggested_duplicate_waits_for_the_asker(
        self, question: Question, anne: Person, bjarne: Person, didrik: Person, carla: Person
    ) -> None:
        first, other = make_question(bjarne, "The one"), make_question(bjarne, "Not the one")
        flagging.flag(bjarne, question, reason=Reason.OTHER)
        wrong = flagging.suggest(bjarne, question.id, original_id=other.id)
        flag = flagging.suggest(didrik, question.id, original_id=first.id)
        assert "questions.suggested" in told(anne)
        assert told(carla).count("questions.flagged") == 1, "the flag, and not the suggestions"
        assert len(order.surroundings(anne, question, [], may_decide=True).suggestions) == 2
        with pytest.raises(NotAllowed):
            flagging.decide(didrik, question.id, flag.id, accepted=True)
        with pytest.raises(NotFound):
            flagging.decide(carla, first.id, flag.id, accepted=True)
        flagging.decide(anne, question.id, wrong.id, accepted=False)
        assert question.duplicate_of_id is None
        for _ in range(2):
            flagging.decide(anne, question.id, flag.id, accepted=True)
        assert question.duplicate_of_id == first.id
        assert (flag.outcome, wrong.outcome) == (Outcome.ACTED, Outcome.LEFT)

    def test_an_article_may_be_suggested(self, question: Question, anne: Person, didrik: Person) -> None:
        flag = flagging.suggest(didrik, question.id, number="KB10482")
        flagging.decide(anne, question.id, flag.id, accepted=True)
        assert question.duplicate_article == "KB10482"

    def test_a_flag_goes_with_a_post_that_is_moved_or_recast(
        self, question: Question, anne: Person, bjarne: Person, carla: Person, didrik: Person
    ) -> None:
        answer, other = make_answer(bjarne, question), make_question(anne, "Other")
        flag = flagging.flag(didrik, answer, reason=Reason.MISPLACED)
        moderation.move(carla, question.id, [f"answer-{answer.id}"], target_id=other.id)
        assert flag.thread.id == other.id
        comment = recasting.make_comment(carla, other.id, answer.id)
        db.session.refresh(flag)
        assert (flag.comment_id, flag.post) == (comment.id, f"comment-{comment.id}")

    def test_old_flags_are_forgotten_and_ones_own_with_the_person(
        self, question: Question, carla: Person, didrik: Person
    ) -> None:
        flag = flagging.flag(didrik, question, reason=Reason.OTHER, note="Hm")
        assert flags.export_flags(didrik.id)[0]["note"] == "Hm"
        flagging.settle(carla, flag.id, outcome=Outcome.LEFT)
        flagging.expire()
        assert db.session.get(Flag, flag.id)
        flag.settled_at = clock.now().replace(year=clock.now().year - 1)
        flagging.expire()
        assert db.session.scalars(select(Flag)).all() == []
        flagging.flag(didrik, question, reason=Reason.OTHER)
        flagging.erase(didrik.id)
        assert db.session.scalars(select(Flag)).all() == []


def make_picture(owner: Person) -> Picture:
    picture = Picture(token=f"{owner.id:022d}", owner_id=owner.id, mime="image/png", width=1, height=1, content=b"\0")
    db.session.add(picture)
    db.session.flush()
    return picture
