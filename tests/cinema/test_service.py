from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.blueprints.cinema.models.polls import FilmPoll, PollState, Showing, Tick
from portal.blueprints.cinema.queries import polls as queries
from portal.blueprints.cinema.service import ballots, own, polls, settling
from portal.blueprints.cinema.service.ballots import Wish
from portal.blueprints.events.models.evenings import Evening, Kind
from portal.blueprints.events.queries import finding
from portal.blueprints.events.service import evenings, series
from portal.blueprints.events.service.wishes import Words
from portal.blueprints.notifications.models import Notice
from portal.blueprints.people import service as people
from portal.blueprints.people.models import Person
from portal.blueprints.people.rules import Role
from portal.core import clock, jobs, live
from portal.core.db import db, transaction
from portal.core.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.factories.cinema import make_poll, make_showing
from tests.factories.events import MONDAY, evening_wish, make_evening, series_wish
from tests.factories.people import make_person

At = Callable[[datetime], None]


def wish(film: str = "Troll på tunet", *, days: int = 5, **values: object) -> Wish:
    starts_at = (clock.now() + timedelta(days=days)).replace(hour=18, minute=30)
    return Wish(**{"film": film, "starts_at": starts_at, "minutes": 117, **values})  # type: ignore[arg-type]


def told(person: Person) -> list[str]:
    return list(db.session.scalars(select(Notice.kind).where(Notice.person_id == person.id).order_by(Notice.id)))


def all_evenings() -> list[Evening]:
    return list(db.session.scalars(select(Evening).order_by(Evening.id)))


@pytest.fixture
def poll(otto: Person) -> FilmPoll:
    with transaction():
        return make_poll(otto)


def test_colleagues_do_not_open_polls(anne: Person, poll: FilmPoll) -> None:
    with pytest.raises(NotAllowed):
        make_poll(anne)
    with pytest.raises(NotAllowed):
        polls.call_off(anne, poll.id)
    with pytest.raises(NotAllowed):
        settling.close_now(anne, poll.id)
    with pytest.raises(NotAllowed):
        settling.choose(anne, poll.id, 1)
    with pytest.raises(NotAllowed):
        polls.change(anne, poll.id, title="Mitt", closes_at=clock.now() + timedelta(days=1))


def test_a_form_that_is_sent_twice_opens_one_poll(otto: Person, poll: FilmPoll) -> None:
    assert make_poll(otto).id == poll.id


@pytest.mark.parametrize("days", [-1, 0, 61])
def test_a_poll_ends_some_time_to_come(otto: Person, days: int) -> None:
    with pytest.raises(Invalid):
        make_poll(otto, closes_at=clock.now() + timedelta(days=days))


def test_a_poll_is_for_a_cinema_night_to_come_that_has_none(otto: Person) -> None:
    night, games = make_evening(kind=Kind.CINEMA), make_evening()
    make_poll(otto, evening_id=night.id)
    with pytest.raises(Invalid):
        make_poll(otto, title="For spelkvelden", evening_id=games.id)
    with pytest.raises(Conflict):
        make_poll(otto, title="Ein til", evening_id=night.id)
    assert queries.nights_without_film() == []


def test_a_colleague_proposes_and_it_is_ticked_for_them(anne: Person, poll: FilmPoll) -> None:
    showing = ballots.propose(
        anne, poll.id, wish(link="https://kino.example/troll", place="Konsertpaleet", price=14950)
    )
    assert (showing.film, showing.price, showing.ticks) == ("Troll på tunet", 14950, None)
    assert list(queries.who_ticked(showing.id)) == [anne.id]


def test_the_same_film_at_the_same_time_is_proposed_once(anne: Person, bjarne: Person, poll: FilmPoll) -> None:
    first = ballots.propose(anne, poll.id, wish())
    assert ballots.propose(anne, poll.id, wish()).id == first.id
    with pytest.raises(Conflict):
        ballots.propose(bjarne, poll.id, wish("TROLL PÅ TUNET"))


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"film": "  "}, "film"),
        ({"film": "Ola 13097248022"}, "film"),
        ({"place": "x" * 81}, "place"),
        ({"link": "javascript:alert(1)"}, "link"),
        ({"minutes": 5}, "minutes"),
        ({"minutes": 999}, "minutes"),
        ({"price": -1}, "price"),
        ({"price": 10**9}, "price"),
        ({"days": 1}, "day"),
        ({"days": -3}, "day"),
        ({"starts_at": MONDAY + timedelta(days=5, minutes=3)}, "starts"),
    ],
)
def test_a_proposal_that_cannot_be_is_refused_at_its_field(
    anne: Person, poll: FilmPoll, values: dict[str, object], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        ballots.propose(anne, poll.id, wish(**values))  # type: ignore[arg-type]
    assert refused.value.field == field


def test_one_person_proposes_a_few_films_and_not_a_hundred(anne: Person, poll: FilmPoll) -> None:
    for number in range(ballots.MOST_OF_ONE):
        ballots.propose(anne, poll.id, wish(f"Film {number}"))
    with pytest.raises(Conflict):
        ballots.propose(anne, poll.id, wish("Ein til"))


def test_a_tick_is_put_and_taken_back_as_often_as_one_likes(anne: Person, poll: FilmPoll) -> None:
    showing = make_showing(poll)
    for comes in (True, True, False, False, True):
        ballots.tick(anne, poll.id, showing.id, comes=comes)
    assert list(queries.who_ticked(showing.id)) == [anne.id]


def test_a_tick_of_another_poll_is_not_there(anne: Person, otto: Person, poll: FilmPoll) -> None:
    other = make_poll(otto, title="Ein annan")
    showing = make_showing(other)
    with pytest.raises(NotFound):
        ballots.tick(anne, poll.id, showing.id, comes=True)
    ballots.withdraw(otto, poll.id, showing.id)
    assert db.session.get(Showing, showing.id) is not None


def test_one_withdraws_ones_own_and_organisers_any(anne: Person, bjarne: Person, otto: Person, poll: FilmPoll) -> None:
    mine, theirs = ballots.propose(anne, poll.id, wish("Min")), ballots.propose(bjarne, poll.id, wish("Din"))
    with pytest.raises(NotAllowed):
        ballots.withdraw(anne, poll.id, theirs.id)
    ballots.withdraw(anne, poll.id, mine.id)
    ballots.withdraw(anne, poll.id, mine.id)
    ballots.withdraw(otto, poll.id, theirs.id)
    assert db.session.scalar(select(func.count()).select_from(Tick)) == 0


def test_a_tick_is_told_to_no_open_page(anne: Person, poll: FilmPoll, monkeypatch: pytest.MonkeyPatch) -> None:
    """The beat of live updates would count the ticks of a poll with one film."""
    with transaction():
        showing = make_showing(poll)
    heard: list[str] = []
    monkeypatch.setattr(live, "publish_all", heard.extend)
    with transaction():
        ballots.tick(anne, poll.id, showing.id, comes=True)
        ballots.tick(anne, poll.id, showing.id, comes=False)
    assert heard == []


def test_after_the_end_nothing_is_proposed_ticked_or_withdrawn(at: At, anne: Person, poll: FilmPoll) -> None:
    """Also in the moment before the job has counted."""
    showing = make_showing(poll, proposed_by_id=anne.id)
    at(poll.closes_at)
    for act in (
        lambda: ballots.propose(anne, poll.id, wish(days=9)),
        lambda: ballots.tick(anne, poll.id, showing.id, comes=True),
        lambda: ballots.withdraw(anne, poll.id, showing.id),
    ):
        with pytest.raises(Conflict):
            act()


def test_the_winner_becomes_an_evening_and_those_who_ticked_it_are_told(
    at: At, anne: Person, bjarne: Person, didrik: Person, otto: Person, poll: FilmPoll
) -> None:
    with transaction():
        winner = make_showing(poll, ticked_by=[anne, bjarne])
        make_showing(poll, "Ein annan", ticked_by=[didrik])
    at(poll.closes_at)
    jobs.run_due(50)
    (evening,) = all_evenings()
    assert (evening.title, evening.kind, evening.where) == ("Troll på tunet", Kind.CINEMA, "Konsertpaleet")
    assert evening.starts_at == winner.starts_at
    assert evening.ends_at == winner.starts_at + timedelta(minutes=120)  # in the whole steps of evenings
    assert evening.organiser_id == otto.id
    found = queries.get_poll(poll.id)
    assert (found.state, found.evening_id, found.chosen and found.chosen.id) == ("settled", evening.id, winner.id)
    assert "cinema.chosen" in told(anne)
    assert "cinema.chosen" in told(bjarne)
    assert "cinema.chosen" not in told(didrik)


def test_who_ticked_and_who_proposed_is_gone_when_the_film_is_chosen(at: At, anne: Person, poll: FilmPoll) -> None:
    with transaction():
        ballots.propose(anne, poll.id, wish())
    at(poll.closes_at)
    jobs.run_due(50)
    assert db.session.scalar(select(func.count()).select_from(Tick)) == 0
    (showing,) = queries.get_poll(poll.id).showings
    assert (showing.proposed_by_id, showing.ticks) == (None, 1)


def test_closing_again_and_again_makes_one_evening_and_tells_once(at: At, anne: Person, poll: FilmPoll) -> None:
    with transaction():
        make_showing(poll, ticked_by=[anne])
    at(poll.closes_at)
    for _ in range(3):
        with transaction():
            assert settling.close(poll.id) is None
            jobs.enqueue("cinema.close", poll_id=poll.id)
        jobs.run_due(50)
    assert len(all_evenings()) == 1
    assert told(anne).count("cinema.chosen") == 1


def test_what_breaks_off_halfway_has_not_happened(at: At, anne: Person, poll: FilmPoll) -> None:
    with transaction():
        make_showing(poll, ticked_by=[anne])
    at(poll.closes_at)

    def be_killed() -> None:
        with transaction():
            settling.close(poll.id)
            raise RuntimeError("killed")

    with pytest.raises(RuntimeError):
        be_killed()
    assert all_evenings() == []
    assert list(queries.who_ticked(queries.get_poll(poll.id).showings[0].id)) == [anne.id]
    jobs.run_due(50)
    assert len(all_evenings()) == 1


def test_a_job_that_comes_too_early_waits(at: At, anne: Person, poll: FilmPoll) -> None:
    with transaction():
        make_showing(poll, ticked_by=[anne])
    assert settling.close(poll.id) == timedelta(days=2)
    assert queries.get_poll(poll.id).state == PollState.OPEN


def test_the_night_of_a_series_becomes_the_film_and_keeps_its_text_and_seats(
    at: At, anne: Person, otto: Person, session: Session
) -> None:
    monthly = series.make(
        otto,
        series_wish(
            words=Words(title="Kinokveld", details="Vi et popkorn.", place="Kinoen"), kind=Kind.CINEMA, capacity=12
        ),
    )
    night = finding.planned_of_series(monthly.id, after=MONDAY)[1]
    before = len(all_evenings())
    with transaction():
        poll = make_poll(otto, evening_id=night.id)
        winner = make_showing(poll, place="", days=9, ticked_by=[anne])
    at(poll.closes_at)
    jobs.run_due(50)
    changed = finding.get_evening(night.id)
    assert len(all_evenings()) == before
    assert (changed.title, changed.text, changed.where) == ("Troll på tunet", "Vi et popkorn.", "Kinoen")
    assert (changed.starts_at, changed.capacity, changed.series_id) == (winner.starts_at, 12, monthly.id)
    assert queries.find_of_evening(night.id) is not None


def test_a_night_that_hangs_on_how_many_come_still_does(at: At, anne: Person, otto: Person) -> None:
    with transaction():
        night = evenings.plan(
            otto, evening_wish(MONDAY + timedelta(days=9), kind=Kind.CINEMA, minimum=4, decide_hours=48)
        )
        poll = make_poll(otto, evening_id=night.id)
        winner = make_showing(poll, days=4, ticked_by=[anne])
    at(poll.closes_at)
    jobs.run_due(50)
    changed = finding.get_evening(night.id)
    assert (changed.starts_at, changed.minimum) == (winner.starts_at, 4)
    assert changed.decides_at
    assert poll.closes_at < changed.decides_at < changed.starts_at


def test_a_night_that_was_called_off_meanwhile_is_not_filled(at: At, anne: Person, otto: Person) -> None:
    with transaction():
        night = evenings.plan(otto, evening_wish(kind=Kind.CINEMA))
        poll = make_poll(otto, evening_id=night.id)
        make_showing(poll, ticked_by=[anne])
        evenings.cancel(otto, night.id)
    at(poll.closes_at)
    jobs.run_due(50)
    assert [evening.title for evening in all_evenings() if not evening.is_cancelled] == ["Troll på tunet"]


def test_where_two_stand_equal_an_organiser_chooses_among_them(
    at: At, anne: Person, bjarne: Person, otto: Person, poll: FilmPoll
) -> None:
    with transaction():
        make_showing(poll, "Første", days=5, ticked_by=[anne])
        second = make_showing(poll, "Andre", days=6, ticked_by=[bjarne])
        third = make_showing(poll, "Tredje", days=7)
    at(poll.closes_at)
    jobs.run_due(50)
    assert queries.get_poll(poll.id).state == PollState.TIED
    assert told(otto) == ["cinema.tied"]
    with pytest.raises(NotFound):
        settling.choose(otto, poll.id, third.id)
    with transaction():
        settling.choose(otto, poll.id, second.id)
    (evening,) = all_evenings()
    assert evening.title == "Andre"
    assert "cinema.chosen" in told(bjarne)
    assert "cinema.chosen" not in told(anne)
    with pytest.raises(Conflict):
        settling.choose(otto, poll.id, second.id)


def test_where_nobody_chooses_for_a_day_the_earliest_wins(at: At, anne: Person, bjarne: Person, poll: FilmPoll) -> None:
    with transaction():
        make_showing(poll, "Seinast", days=6, ticked_by=[bjarne])
        make_showing(poll, "Fyrst", days=5, ticked_by=[anne])
    at(poll.closes_at)
    jobs.run_due(50)
    assert all_evenings() == []
    at(poll.closes_at + timedelta(hours=24))
    jobs.run_due(50)
    (evening,) = all_evenings()
    assert evening.title == "Fyrst"


def test_a_poll_in_which_nobody_could_come_says_so_and_can_be_opened_again(
    at: At, anne: Person, otto: Person, poll: FilmPoll
) -> None:
    with transaction():
        make_showing(poll)
    at(poll.closes_at)
    jobs.run_due(50)
    assert queries.get_poll(poll.id).state == PollState.NOTHING
    assert told(otto) == ["cinema.nothing"]
    with transaction():
        again = polls.change(otto, poll.id, title="Prøv att", closes_at=clock.now() + timedelta(days=1))
        ballots.tick(anne, poll.id, again.showings[0].id, comes=True)
    at(again.closes_at)
    jobs.run_due(50)
    assert len(all_evenings()) == 1


def test_a_new_end_cannot_pass_the_earliest_film(otto: Person, poll: FilmPoll) -> None:
    showing = make_showing(poll, days=4)
    with pytest.raises(Invalid):
        polls.change(otto, poll.id, title="Same", closes_at=showing.starts_at - timedelta(hours=1))
    polls.change(otto, poll.id, title="Same", closes_at=showing.starts_at - timedelta(hours=2))


def test_a_later_end_is_waited_for(at: At, anne: Person, otto: Person, poll: FilmPoll) -> None:
    with transaction():
        make_showing(poll, ticked_by=[anne])
        polls.change(otto, poll.id, title="Same", closes_at=poll.closes_at + timedelta(days=1))
    at(MONDAY + timedelta(days=2))
    jobs.run_due(50)
    assert queries.get_poll(poll.id).state == PollState.OPEN
    at(MONDAY + timedelta(days=3))
    jobs.run_due(50)
    assert queries.get_poll(poll.id).state == PollState.SETTLED


def test_an_organiser_may_end_it_at_once(anne: Person, otto: Person, poll: FilmPoll) -> None:
    make_showing(poll, ticked_by=[anne])
    assert settling.close_now(otto, poll.id).state == PollState.SETTLED
    with pytest.raises(Conflict):
        settling.close_now(otto, poll.id)
    with pytest.raises(Conflict):
        polls.call_off(otto, poll.id)


def test_a_poll_that_is_dropped_is_gone_with_its_ticks(at: At, anne: Person, otto: Person, poll: FilmPoll) -> None:
    with transaction():
        make_showing(poll, ticked_by=[anne])
        polls.call_off(otto, poll.id)
    assert db.session.scalar(select(func.count()).select_from(Tick)) == 0
    with pytest.raises(NotFound):
        queries.get_poll(poll.id)
    at(MONDAY + timedelta(days=3))
    jobs.run_due(50)
    assert all_evenings() == []


def test_when_the_organiser_has_left_another_one_organises(at: At, anne: Person, otto: Person, poll: FilmPoll) -> None:
    with transaction():
        other = make_person("Oda Ordnes", roles={Role.ORGANISER})
        otto.roles = frozenset()
        make_showing(poll, ticked_by=[anne])
    at(poll.closes_at)
    jobs.run_due(50)
    (evening,) = all_evenings()
    assert evening.organiser_id == other.id


def test_while_nobody_organises_the_poll_waits(at: At, anne: Person, otto: Person, poll: FilmPoll) -> None:
    with transaction():
        otto.roles = frozenset()
        make_showing(poll, ticked_by=[anne])
    at(poll.closes_at)
    jobs.run_due(50)
    assert all_evenings() == []
    with transaction():
        otto.roles = frozenset({Role.ORGANISER})
    at(poll.closes_at + timedelta(days=1))
    jobs.run_due(50)
    assert len(all_evenings()) == 1


def test_one_takes_along_what_one_ticked_and_it_can_be_erased(anne: Person, bjarne: Person, poll: FilmPoll) -> None:
    ballots.propose(anne, poll.id, wish("Min"))
    make_showing(poll, "Din", proposed_by_id=bjarne.id, ticked_by=[bjarne])
    (exported,) = queries.export_of(anne.id)
    assert (exported["film"], exported["is_proposed_by_you"], exported["is_ticked_by_you"]) == ("Min", True, True)
    own._erase_choices(anne.id)
    db.session.expire_all()
    assert queries.export_of(anne.id) == []
    assert len(queries.export_of(bjarne.id)) == 1


def test_who_leaves_the_desk_chooses_no_film(anne: Person, carla: Person, poll: FilmPoll) -> None:
    showing = make_showing(poll, ticked_by=[anne])
    people.deactivate(carla, anne)
    assert list(queries.who_ticked(showing.id)) == []


def test_polls_of_long_ago_are_forgotten(at: At, anne: Person, otto: Person, poll: FilmPoll) -> None:
    with transaction():
        make_showing(poll, ticked_by=[anne])
        settling.close_now(otto, poll.id)
    at(MONDAY + timedelta(days=364))
    own.forget_old()
    assert queries.get_poll(poll.id)
    at(MONDAY + timedelta(days=366))
    own.forget_old()
    db.session.expire_all()
    with pytest.raises(NotFound):
        queries.get_poll(poll.id)
