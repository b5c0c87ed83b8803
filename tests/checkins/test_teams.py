"""The team's wall: who sees it, for how long, and the signs that nobody counts."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.blueprints.checkins.jobs import forgetting
from portal.blueprints.checkins.models.teams import TeamCheckIn, TeamSign
from portal.blueprints.checkins.queries import teams as queries
from portal.blueprints.checkins.rules import teams as rules
from portal.blueprints.checkins.rules.faces import Face, Said
from portal.blueprints.checkins.rules.teams import Sign
from portal.blueprints.checkins.service import teams as service
from portal.blueprints.notifications.models import Notice
from portal.blueprints.people.facts import PersonLeft
from portal.blueprints.people.models import Person
from portal.core import privacy, sealing
from portal.core.audit import AuditEntry
from portal.core.db import transaction
from portal.core.errors import NotAllowed, NotFound
from portal.core.facts import record
from tests.client import AuditingClient
from tests.factories.checkins import make_team, make_team_checkin

Browse = Callable[[Person], AuditingClient]
WORDS = "det har vore ein lang dag på linja"
START = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@pytest.fixture
def team(anne: Person, bjarne: Person) -> int:
    """Anne and Bjarne are in one team; Carla and Didrik are in none."""
    return make_team("Nord", anne, bjarne).id


ids = st.integers(min_value=1, max_value=4)


@settings(max_examples=50)
@given(team_id=st.none() | ids, author=ids, viewer=ids, viewer_team=st.none() | ids)
def test_what_is_said_to_a_team_is_seen_by_its_author_and_that_team_alone(
    team_id: int | None, author: int, viewer: int, viewer_team: int | None
) -> None:
    sees = rules.may_see(team_id=team_id, author_id=author, viewer_id=viewer, viewer_team_id=viewer_team)
    assert sees is (viewer == author or team_id is None or team_id == viewer_team)


def test_the_team_sees_it_and_nobody_else_whatever_their_role(
    team: int, anne: Person, bjarne: Person, carla: Person, didrik: Person, browse: Browse
) -> None:
    checkin = make_team_checkin(anne, words=WORDS)
    for person in (anne, bjarne):
        assert WORDS in browse(person).get("/pusterom/teamet").text
        assert WORDS in browse(person).get(f"/pusterom/teamet/{checkin.id}").text
    for person in (carla, didrik):
        client = browse(person)
        assert WORDS not in client.get("/pusterom/teamet").text
        assert client.get(f"/pusterom/teamet/{checkin.id}").status_code == 404
        for act in ("svar", "ord", "lesar", "sletting"):
            sent = {"sign": "heart", "face": "good", "audience": "me"}
            assert client.post(f"/pusterom/teamet/{checkin.id}/{act}", data=sent).status_code == 404
    assert browse(carla).post(f"/pusterom/teamet/{checkin.id}/skjuling").status_code == 404


def test_who_is_in_no_team_talks_to_the_whole_desk(team: int, bjarne: Person, didrik: Person, browse: Browse) -> None:
    make_team_checkin(didrik, words=WORDS)
    assert WORDS in browse(bjarne).get("/pusterom/teamet").text
    assert "Everybody at the desk, under your name, for 14 days." in browse(didrik).get("/pusterom").text
    assert "Those in Nord, under your name, for 14 days." in browse(bjarne).get("/pusterom").text


def test_moving_to_another_team_takes_the_old_wall_out_of_sight(team: int, anne: Person, bjarne: Person) -> None:
    theirs = make_team_checkin(anne, words=WORDS)
    own = make_team_checkin(bjarne)
    make_team("Sør", bjarne)
    assert [each.id for each in queries.wall(bjarne).items] == [own.id]
    with pytest.raises(NotFound):
        queries.one(bjarne, theirs.id)
    assert {each.id for each in queries.wall(anne).items} == {theirs.id, own.id}


def test_it_is_gone_after_14_days_for_everybody(
    session: Session, team: int, anne: Person, bjarne: Person, at: Callable[[datetime], None]
) -> None:
    at(START)
    checkin = make_team_checkin(anne)
    with transaction():
        service.give_sign(bjarne, checkin.id, Sign.HEART)
    at(START + timedelta(days=14) - timedelta(seconds=1))
    with transaction():
        forgetting.expire()
    assert len(queries.wall(bjarne).items) == 1
    at(START + timedelta(days=14))
    assert queries.wall(bjarne).items == queries.wall(anne).items == queries.mine(anne) == []
    with transaction():
        forgetting.expire()
    for table in (TeamCheckIn, TeamSign, Notice):
        assert session.scalars(select(table)).all() == []


def test_a_sign_is_seen_by_the_two_and_counted_by_nobody(
    team: int, anne: Person, bjarne: Person, otto: Person, browse: Browse
) -> None:
    with transaction():
        otto.team_id = team
    checkin = make_team_checkin(anne)
    giver = browse(bjarne)
    assert giver.post(f"/pusterom/teamet/{checkin.id}/svar", data={"sign": "here"}).status_code == 303
    assert (
        giver.soup("/pusterom/teamet").select_one("#team-wall [aria-pressed=true]").text.strip().startswith("I am here")
    )
    assert "Bjarne Svartveit says: I am here." in browse(anne).get("/pusterom/teamet").text
    assert "Bjarne Svartveit has sent you a sign" in browse(anne).get("/varsel/").text
    page = browse(otto).soup("/pusterom/teamet")
    assert "Bjarne" not in page.main.text
    assert page.select_one("button[value=here]")["aria-pressed"] == "false"
    [seen] = queries.wall(otto).items
    assert (list(seen.signs), seen.my_sign) == ([], None)


def test_a_sign_pressed_twice_stands_and_is_taken_back_with_its_notice(
    session: Session, team: int, anne: Person, bjarne: Person
) -> None:
    checkin = make_team_checkin(anne)
    for sign, left in ((Sign.HEART, 1), (Sign.HEART, 1), (Sign.HERE, 1), (None, 0), (None, 0)):
        with transaction():
            service.give_sign(bjarne, checkin.id, sign)
        assert len(session.scalars(select(TeamSign)).all()) == left
        assert len(session.scalars(select(Notice)).all()) == left


def test_the_button_of_a_sign_that_was_given_takes_it_back(
    session: Session, team: int, anne: Person, bjarne: Person, browse: Browse
) -> None:
    checkin, giver = make_team_checkin(anne), browse(bjarne)
    for left in (1, 0, 1):
        button = giver.soup("/pusterom/teamet").select("button[name=sign]")[0]
        giver.post(f"/pusterom/teamet/{checkin.id}/svar", data={"sign": button["value"]})
        assert len(session.scalars(select(TeamSign)).all()) == left


def test_nobody_sends_signs_to_themselves(team: int, anne: Person) -> None:
    checkin = make_team_checkin(anne)
    with pytest.raises(NotAllowed), transaction():
        service.give_sign(anne, checkin.id, Sign.HEART)


def test_only_its_author_changes_it_or_takes_it_down(
    session: Session, team: int, anne: Person, bjarne: Person, browse: Browse
) -> None:
    checkin = make_team_checkin(anne)
    path, other = f"/pusterom/teamet/{checkin.id}", browse(bjarne)
    changed = {"face": "good", "words": "no er det betre"}
    assert other.post(f"{path}/ord", data=changed).status_code == 403
    assert other.post(f"{path}/sletting").status_code == 403
    assert other.post(f"{path}/lesar", data={"audience": "me"}).status_code == 403
    own = browse(anne)
    assert own.post(f"{path}/ord", data=changed).location == path
    assert "no er det betre" in other.get("/pusterom/teamet").text
    assert own.post(f"{path}/ord", data={"words": "utan andlet"}).status_code == 422
    assert own.post(f"{path}/sletting").location == "/pusterom/teamet"
    assert session.scalars(select(TeamCheckIn)).all() == []


def test_who_keeps_order_hides_what_they_see_themselves_and_it_is_logged(
    session: Session, team: int, anne: Person, bjarne: Person, carla: Person, browse: Browse
) -> None:
    with transaction():
        carla.team_id = team
    checkin = make_team_checkin(anne, words=WORDS)
    keeper = browse(carla)
    assert browse(bjarne).post(f"/pusterom/teamet/{checkin.id}/skjuling").status_code == 403
    assert keeper.post(f"/pusterom/teamet/{checkin.id}/skjuling").status_code == 303
    assert WORDS not in browse(bjarne).get("/pusterom/teamet").text
    assert "Hidden: colleagues do not see it." in browse(anne).get("/pusterom/teamet").text
    assert keeper.post(f"/pusterom/teamet/{checkin.id}/framvising").status_code == 303
    assert WORDS in browse(bjarne).get("/pusterom/teamet").text
    acts = session.scalars(select(AuditEntry.act)).all()
    assert {"checkins.hide_team", "checkins.show_team"} <= set(acts)


def test_it_is_sealed_for_its_row(session: Session, team: int, anne: Person, bjarne: Person) -> None:
    first, second = make_team_checkin(anne, words=WORDS), make_team_checkin(bjarne, words="noko anna")
    assert WORDS.encode() not in first.sealed
    second.sealed = first.sealed
    with pytest.raises(sealing.Unreadable):
        second.opened()
    session.expire(second)


def test_a_form_sent_twice_is_one_and_one_that_was_changed_is_another(session: Session, anne: Person) -> None:
    first = make_team_checkin(anne, words="ein", key="a")
    assert make_team_checkin(anne, words="ein", key="a").id == first.id
    changed = make_team_checkin(anne, words="to", key="a")
    assert changed.id != first.id
    assert make_team_checkin(anne, words="to", key="a").id == changed.id
    assert len(session.scalars(select(TeamCheckIn)).all()) == 2


def test_who_leaves_is_on_no_wall(session: Session, team: int, anne: Person) -> None:
    make_team_checkin(anne)
    with transaction():
        record(PersonLeft(person_id=anne.id))
    assert session.scalars(select(TeamCheckIn)).all() == []


def test_what_is_ones_own_is_exported_and_erased_signs_too(
    session: Session, team: int, anne: Person, bjarne: Person
) -> None:
    mine, other = make_team_checkin(anne, words=WORDS), make_team_checkin(bjarne)
    with transaction():
        service.give_sign(anne, other.id, Sign.HEART)
        service.give_sign(bjarne, mine.id, Sign.HERE)
    [holding] = [each for each in privacy.holdings() if "team_checkin" in each.tables]
    assert holding.export
    assert holding.erase
    assert WORDS in json.dumps(holding.export(anne.id), ensure_ascii=False)
    assert WORDS not in json.dumps(holding.export(bjarne.id), ensure_ascii=False)
    assert {"sign": "heart", "who": bjarne.name} in holding.export(anne.id)
    assert {"sign": "here", "who": anne.name} in holding.export(bjarne.id)
    with transaction():
        holding.erase(anne.id)
    assert session.scalars(select(TeamCheckIn.author_id)).all() == [bjarne.id]
    assert session.scalars(select(TeamSign)).all() == []


def test_a_team_that_is_no_more_takes_its_wall_with_it(session: Session, team: int, anne: Person) -> None:
    from portal.blueprints.people.models import Team

    make_team_checkin(anne)
    with transaction():
        session.delete(session.get_one(Team, team))
    assert session.scalars(select(TeamCheckIn)).all() == []


def test_the_wall_takes_few_queries_however_much_hangs_there(
    team: int, anne: Person, bjarne: Person, browse: Browse
) -> None:
    def statements() -> int:
        client = browse(bjarne)
        client.get("/pusterom/teamet")
        return len(client.statements)

    make_team_checkin(anne)
    few = statements()
    for number in range(10):
        made = make_team_checkin((anne, bjarne)[number % 2], words=str(number))
        with transaction():
            service.give_sign((bjarne, anne)[number % 2], made.id, Sign.HEART)
    assert statements() == few <= 9


def test_the_wall_fetched_again_is_the_piece_that_the_page_holds(team: int, anne: Person, browse: Browse) -> None:
    make_team_checkin(anne)
    client = browse(anne)
    piece = client.get("/pusterom/teamet", headers={"HX-Request": "true"})
    assert piece.text.lstrip().startswith('<div id="team-wall"')
    assert client.soup("/pusterom/teamet").find(id="team-wall")


def test_lists_go_on_newest_first_without_gaps(anne: Person, at: Callable[[datetime], None]) -> None:
    for number in range(queries.PAGE + 3):
        at(START + timedelta(hours=number // 2))
        make_team_checkin(anne, words=str(number))
    first = queries.wall(anne)
    rest = queries.wall(anne, cursor=first.next_cursor)
    words = [each.said.words for page in (first, rest) for each in page.items if each.said]
    assert sorted(map(int, words)) == list(range(queries.PAGE + 3))


def test_a_key_that_is_gone_does_not_take_the_wall_away(session: Session, anne: Person, browse: Browse) -> None:
    checkin = make_team_checkin(anne)
    with transaction():
        checkin.sealed = sealing.KeyRing([("away", b"a" * 32)]).seal("3x", context=checkin.place)
    assert "cannot be opened" in browse(anne).get("/pusterom/teamet").text


def test_said_is_in_no_repr(anne: Person) -> None:
    make_team_checkin(anne, words=WORDS, face=Face.HEAVY)
    [hanging] = queries.wall(anne).items
    assert hanging.said == Said(face=Face.HEAVY, words=WORDS)
    assert WORDS not in repr(hanging)
