"""Checking in, sharing, taking back, and joys."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.blueprints.checkins.models.checkins import CheckIn
from portal.blueprints.checkins.models.joys import Joy
from portal.blueprints.checkins.queries import confidences, wall
from portal.blueprints.checkins.rules.faces import Face
from portal.blueprints.checkins.service import checking_in, joys, keeping
from portal.blueprints.notifications.models import Notice
from portal.blueprints.people.models import Person
from portal.core import audit, privacy
from portal.core.db import db, transaction
from portal.core.errors import Invalid, NotAllowed, NotFound, TooMany
from portal.core.patient_data import PatientData
from tests.factories.checkins import SECRET, make_checkin, make_joy
from tests.factories.people import make_person

IDENTITY_NUMBER = "13097248022"


def count(session: Session, model: type[CheckIn | Joy | Notice]) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def test_a_face_is_enough(anne: Person) -> None:
    checkin = make_checkin(anne, face=Face.OKAY, words="")
    assert (checkin.reader_id, checkin.shared_until) == (None, None)
    assert checkin.opened_by(anne.id).face is Face.OKAY


def test_a_form_sent_twice_is_one_check_in(session: Session, anne: Person, bjarne: Person) -> None:
    assert make_checkin(anne, reader=bjarne, key="a").id == make_checkin(anne, reader=bjarne, key="a").id
    assert count(session, CheckIn) == 1
    assert count(session, Notice) == 1


def test_a_form_gone_back_to_and_changed_is_not_lost(session: Session, anne: Person, bjarne: Person) -> None:
    make_checkin(anne, key="a")
    assert make_checkin(anne, key="a", words="noko meir").opened_by(anne.id).words == "noko meir"
    for _ in range(2):
        make_checkin(anne, key="a", reader=bjarne)
    assert count(session, CheckIn) == 3


def test_a_joy_gone_back_to_and_changed_is_not_lost(session: Session, anne: Person, bjarne: Person) -> None:
    for text, to in (("ein", None), ("ein", None), ("to", None), ("to", None), ("to", bjarne), ("to", bjarne)):
        with transaction():
            joys.post_joy(anne, text=text, to_id=to.id if to else None, key="a")
    assert count(session, Joy) == 3
    assert count(session, Notice) == 1


def test_one_cannot_choose_oneself_somebody_who_left_or_somebody_unknown(session: Session, anne: Person) -> None:
    with transaction():
        left = make_person("Liv Borte", is_active=False)
    for reader_id in (anne.id, left.id, 99999):
        with pytest.raises(Invalid) as refused, transaction():
            checking_in.check_in(anne, face=Face.GOOD, reader_id=reader_id)
        assert refused.value.field == "reader"
    assert count(session, CheckIn) == 0


def test_patient_data_is_refused_before_anything_is_kept(session: Session, anne: Person) -> None:
    with pytest.raises(PatientData), transaction():
        checking_in.check_in(anne, face=Face.HEAVY, words=f"pasienten {IDENTITY_NUMBER}")
    with pytest.raises(PatientData), transaction():
        joys.post_joy(anne, text=f"takk til {IDENTITY_NUMBER}")
    assert count(session, CheckIn) == count(session, Joy) == 0


def test_words_past_the_longest_are_refused(anne: Person) -> None:
    with pytest.raises(Invalid), transaction():
        checking_in.check_in(anne, face=Face.GOOD, words="a" * 2001)


def test_many_check_ins_at_once_are_slowed_down(anne: Person, at: Callable[[datetime], None]) -> None:
    at(datetime(2026, 11, 26, 9, 0, tzinfo=UTC))
    for number in range(keeping.MOST_AN_HOUR):
        make_checkin(anne, words=str(number))
    with pytest.raises(TooMany):
        make_checkin(anne)


def test_sharing_later_tells_the_one_chosen_and_lasts_30_days(
    anne: Person, bjarne: Person, at: Callable[[datetime], None]
) -> None:
    start = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
    at(start)
    checkin = make_checkin(anne)
    at(start + timedelta(days=60))
    with transaction():
        checking_in.choose_reader(anne, checkin.id, reader_id=bjarne.id)
    assert checkin.shared_until == start + timedelta(days=90)
    assert [line.said.words for line in confidences.shared_with(bjarne).items if line.said] == [SECRET]
    assert db.session.scalars(select(Notice.person_id)).all() == [bjarne.id]


def test_choosing_the_same_colleague_again_changes_nothing(anne: Person, bjarne: Person) -> None:
    checkin = make_checkin(anne, reader=bjarne)
    before = checkin.sealed
    with transaction():
        checking_in.choose_reader(anne, checkin.id, reader_id=bjarne.id)
    assert checkin.sealed == before


def test_taking_it_back_takes_the_notice_back_too(session: Session, anne: Person, bjarne: Person) -> None:
    checkin = make_checkin(anne, reader=bjarne)
    assert count(session, Notice) == 1
    with transaction():
        checking_in.choose_reader(anne, checkin.id, reader_id=None)
    assert count(session, Notice) == 0
    assert confidences.shared_with(bjarne).items == []
    assert checkin.opened_by(anne.id).words == SECRET


def test_deleting_takes_it_away_for_both(session: Session, anne: Person, bjarne: Person) -> None:
    checkin = make_checkin(anne, reader=bjarne)
    with transaction():
        checking_in.delete(anne, checkin.id)
    assert count(session, CheckIn) == count(session, Notice) == 0


def test_withdrawing_needs_no_key_that_is_gone(session: Session, anne: Person, bjarne: Person) -> None:
    checkin = make_checkin(anne, reader=bjarne)
    with transaction():
        checkin.sealed = b"\x01\x04lost" + checkin.sealed[6:]
        checking_in.withdraw_from(bjarne.id)
    with pytest.raises(NotFound):
        checkin.opened_by(bjarne.id)
    assert [line.said for line in confidences.mine(anne).items] == [None]


def test_a_joy_with_thanks_tells_the_one_who_is_thanked_and_nobody_else(
    session: Session, anne: Person, bjarne: Person, didrik: Person
) -> None:
    make_joy(anne)
    make_joy(anne, "Du sat med meg til heile legevakta var oppe igjen.", to=bjarne)
    assert [(notice.person_id, notice.params) for notice in session.scalars(select(Notice))] == [(bjarne.id, {})]


def test_one_cannot_thank_oneself(anne: Person) -> None:
    with pytest.raises(Invalid):
        make_joy(anne, to=anne)


def test_a_joy_sent_twice_is_one(session: Session, anne: Person) -> None:
    with transaction():
        first = joys.post_joy(anne, text="Takk!", key="a")
        second = joys.post_joy(anne, text="Takk!", key="a")
    assert first.id == second.id
    assert count(session, Joy) == 1


def test_only_the_one_who_posted_a_joy_deletes_it(
    session: Session, anne: Person, bjarne: Person, carla: Person
) -> None:
    joy = make_joy(anne, to=bjarne)
    for person in (bjarne, carla):
        with pytest.raises(NotAllowed), transaction():
            joys.delete_joy(person, joy.id)
    with transaction():
        joys.delete_joy(anne, joy.id)
    assert count(session, Joy) == count(session, Notice) == 0


def test_a_hidden_joy_is_seen_by_the_one_who_posted_it(anne: Person, bjarne: Person, carla: Person) -> None:
    joy = make_joy(anne)
    with pytest.raises(NotAllowed), transaction():
        joys.hide_joy(bjarne, joy.id, hidden=True)
    with transaction():
        joys.hide_joy(carla, joy.id, hidden=True)
    assert [each.id for each in wall.joys(anne).items] == [joy.id]
    assert wall.joys(bjarne).items == []
    assert wall.latest_joys(anne) == []
    with pytest.raises(NotFound):
        wall.get_joy(bjarne, joy.id)
    assert [(entry.act, entry.ids) for entry in audit.entries(1)] == [("checkins.hide_joy", {"joy_id": joy.id})]


def test_erasing_a_person_takes_everything_of_theirs(
    session: Session, anne: Person, bjarne: Person, didrik: Person
) -> None:
    make_checkin(anne)
    kept = make_checkin(didrik, reader=anne, words="til Anne")
    make_joy(anne)
    thanks = make_joy(didrik, to=anne)
    with transaction():
        for holding in privacy.holdings():
            if holding.slice == "checkins" and holding.erase:
                holding.erase(anne.id)
    session.expire_all()
    assert session.scalars(select(CheckIn.id)).all() == [kept.id]
    assert kept.reader_id is None
    assert kept.opened_by(didrik.id).words == "til Anne"
    assert session.scalars(select(Joy.id)).all() == [thanks.id]
    assert thanks.to_id is None
