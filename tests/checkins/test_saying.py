"""One check-in and its four audiences; what is written for each, and moving from one to another."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import MetaData, select
from sqlalchemy.orm import Session

from portal.blueprints.checkins.models.checkins import CheckIn
from portal.blueprints.checkins.models.diary import DiaryEntry
from portal.blueprints.checkins.models.teams import TeamCheckIn
from portal.blueprints.checkins.queries import confidences
from portal.blueprints.checkins.queries import diary as leaves
from portal.blueprints.checkins.queries import teams as walls
from portal.blueprints.checkins.rules.audiences import Audience
from portal.blueprints.checkins.rules.faces import Face
from portal.blueprints.checkins.service import keeping, saying
from portal.blueprints.checkins.service.saying import NoDiary, Wish
from portal.blueprints.people.models import Person
from portal.blueprints.pulse import service as pulse
from portal.core import throttle
from portal.core.db import transaction
from portal.core.errors import Conflict, Invalid, NotFound, TooMany
from portal.core.jobs import Job
from tests.client import AuditingClient
from tests.factories.checkins import SECRET, make_checkin, make_team_checkin
from tests.factories.checkins import open_week as open_the_week
from tests.factories.diary import make_diary

Browse = Callable[[Person], AuditingClient]
SAID_ON = datetime(2026, 11, 9, 13, 0, tzinfo=UTC)


def say(person: Person, audience: Audience, **more: Any) -> None:
    with transaction():
        saying.say(person, Wish(audience=audience, face=Face.TIRED, words=SECRET, **more))


@pytest.fixture
def open_week(anne: Person, bjarne: Person) -> int:
    """A round is open, and Anne and Bjarne are asked."""
    return open_the_week(anne, bjarne)


def test_only_me_goes_into_the_diary(session: Session, anne: Person) -> None:
    key, _ = make_diary(anne)
    say(anne, Audience.ME)
    assert [line.entry.said.words for line in leaves.lines(anne, key) if line.entry] == [SECRET]
    for table in (CheckIn, TeamCheckIn):
        assert session.scalars(select(table)).all() == []


def test_only_me_without_a_diary_keeps_nothing(session: Session, anne: Person) -> None:
    with pytest.raises(NoDiary):
        say(anne, Audience.ME)
    for table in (CheckIn, DiaryEntry):
        assert session.scalars(select(table)).all() == []


def test_one_colleague_needs_a_colleague(session: Session, anne: Person, bjarne: Person) -> None:
    with pytest.raises(Invalid):
        say(anne, Audience.ONE)
    say(anne, Audience.ONE, reader_id=bjarne.id)
    assert session.scalars(select(CheckIn.reader_id)).all() == [bjarne.id]


def test_the_team_is_under_ones_name(anne: Person, didrik: Person) -> None:
    say(anne, Audience.TEAM)
    assert [each.author.id for each in walls.wall(didrik).items] == [anne.id]


def test_no_name_goes_into_the_ballot_box(open_week: int, anne: Person) -> None:
    say(anne, Audience.NAMELESS)
    mine = pulse.my_answer(open_week, pulse.token(open_week, anne.id))
    assert (mine.value, mine.note) == (Face.TIRED.number, SECRET)


def test_no_name_without_a_round_is_refused_and_keeps_nothing(session: Session, anne: Person) -> None:
    with pytest.raises(Conflict):
        say(anne, Audience.NAMELESS)


def test_who_is_not_asked_this_week_is_not_offered_it(
    open_week: int, anne: Person, didrik: Person, browse: Browse
) -> None:
    def offered(person: Person) -> list[str]:
        return [each["value"] for each in browse(person).soup("/pusterom").select("input[name=audience]")]

    assert offered(anne) == ["me", "one", "team", "nameless"]
    assert offered(didrik) == ["me", "one", "team"]
    with pytest.raises(Conflict):
        say(didrik, Audience.NAMELESS)


def test_what_is_said_without_a_name_is_at_most_500_characters(open_week: int, anne: Person) -> None:
    with pytest.raises(Invalid) as refused, transaction():
        saying.say(anne, Wish(audience=Audience.NAMELESS, face=Face.GOOD, words="a" * 501))
    assert refused.value.field == "words"


def test_saying_it_without_a_name_writes_no_row_with_a_person_or_a_moment(
    session: Session, open_week: int, anne: Person, browse: Browse
) -> None:
    client = browse(anne)
    client.get("/pusterom")
    before = everything(session)
    sent = {"face": "tired", "audience": "nameless", "words": SECRET}
    answer = client.post("/pusterom/innsjekk", data=sent)
    assert answer.status_code == 303
    after = everything(session)
    assert {name for name in after if after[name] != before[name]} == {"pulse_ballot"}
    assert len(after["pulse_ballot"]) == len(before["pulse_ballot"])


def everything(session: Session) -> dict[str, list[tuple[Any, ...]]]:
    metadata, connection = MetaData(), session.connection()
    session.expire_all()
    metadata.reflect(connection)
    tables = {name: table for name, table in metadata.tables.items() if not name.startswith("sqlite_")}
    return {name: sorted(map(tuple, connection.execute(select(table))), key=repr) for name, table in tables.items()}


def test_the_diary_leaves_no_moment_beside_it(session: Session, anne: Person, browse: Browse) -> None:
    make_diary(anne)
    client = browse(anne)
    client.get("/pusterom")
    before = everything(session)
    assert client.post("/pusterom/innsjekk", data={"face": "tired", "audience": "me"}).status_code == 303
    after = everything(session)
    assert {name for name in after if after[name] != before[name]} == {"diary_entry"}


def test_taking_it_back_from_a_colleague_puts_it_into_the_diary(session: Session, anne: Person, bjarne: Person) -> None:
    key, _ = make_diary(anne)
    checkin = make_checkin(anne, reader=bjarne)
    with transaction():
        saying.move_shared(anne, checkin.id, audience=Audience.ME)
    assert session.scalars(select(CheckIn)).all() == []
    assert [line.entry.said.words for line in leaves.lines(anne, key) if line.entry] == [SECRET]


def test_taking_it_back_without_a_diary_leaves_it_for_oneself_until_there_is_one(
    session: Session, anne: Person, bjarne: Person
) -> None:
    checkin = make_checkin(anne, reader=bjarne)
    with transaction():
        saying.move_shared(anne, checkin.id, audience=Audience.ME)
    assert confidences.shared_with(bjarne).items == []
    make_diary(anne)
    assert session.scalars(select(CheckIn)).all() == []
    assert len(session.scalars(select(DiaryEntry)).all()) == 1


def test_from_one_colleague_to_the_team_and_back_again(
    session: Session, anne: Person, bjarne: Person, didrik: Person
) -> None:
    checkin = make_checkin(anne, reader=bjarne)
    with transaction():
        saying.move_shared(anne, checkin.id, audience=Audience.TEAM)
    assert confidences.shared_with(bjarne).items == []
    [hanging] = walls.wall(didrik).items
    with transaction():
        saying.move_from_team(anne, hanging.id, audience=Audience.ONE, reader_id=bjarne.id)
    assert walls.wall(didrik).items == []
    assert [each.said.words for each in confidences.shared_with(bjarne).items if each.said] == [SECRET]


def test_from_the_team_to_oneself_at_the_day_it_was_said(
    anne: Person, didrik: Person, at: Callable[[datetime], None]
) -> None:
    at(SAID_ON)
    hanging = make_team_checkin(anne, words=SECRET)
    key, _ = make_diary(anne)
    at(SAID_ON + timedelta(days=10))
    with transaction():
        saying.move_from_team(anne, hanging.id, audience=Audience.ME)
    assert walls.wall(didrik).items == []
    assert [line.entry.moment for line in leaves.lines(anne, key) if line.entry] == [SAID_ON]


def test_what_had_a_name_cannot_lose_it(open_week: int, anne: Person, bjarne: Person) -> None:
    shared, hanging = make_checkin(anne, reader=bjarne), make_team_checkin(anne)
    with pytest.raises(Conflict), transaction():
        saying.move_shared(anne, shared.id, audience=Audience.NAMELESS)
    with pytest.raises(Conflict), transaction():
        saying.move_from_team(anne, hanging.id, audience=Audience.NAMELESS)
    assert len(confidences.shared_with(bjarne).items) == 1


def test_nobody_moves_what_is_not_theirs(anne: Person, bjarne: Person, didrik: Person) -> None:
    checkin = make_checkin(anne, reader=bjarne)
    for audience in (Audience.ME, Audience.TEAM):
        with pytest.raises(NotFound), transaction():
            saying.move_shared(didrik, checkin.id, audience=audience)


def test_presses_without_end_are_slowed_down_without_a_row(session: Session, open_week: int, anne: Person) -> None:
    throttle.forget_here()
    for _ in range(keeping.MOST_AN_HOUR):
        say(anne, Audience.NAMELESS)
    with pytest.raises(TooMany):
        say(anne, Audience.NAMELESS)
    assert session.scalars(select(throttle.Throttle)).all() == []
    assert SECRET not in str([job.args for job in session.scalars(select(Job))])
    throttle.forget_here()
