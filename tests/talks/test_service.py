from __future__ import annotations

import pytest
from sqlalchemy import select

from portal.blueprints.notifications.models import Notice
from portal.blueprints.people import service as people
from portal.blueprints.people.models import Person
from portal.blueprints.shifts.rules import Availability
from portal.blueprints.talks.models import Buddy, Talk, TalkTold
from portal.blueprints.talks.queries import buddies as bonds
from portal.blueprints.talks.queries import talks as reading
from portal.blueprints.talks.rules import Answer, Part, State, Suits
from portal.blueprints.talks.service import answering, asking, buddies
from portal.core import jobs
from portal.core.db import db, transaction
from portal.core.errors import Conflict, Invalid, NotAllowed, NotFound, TooMany
from tests.factories.people import make_person
from tests.factories.talks import make_peer, make_talk
from tests.factories.urgent import Wheel, put_to_work

pytestmark = pytest.mark.usefixtures("wheel")


def told(talk: Talk) -> set[int]:
    """Give who is asked now."""
    rows = select(TalkTold.person_id).where(TalkTold.talk_id == talk.id, TalkTold.is_passed.is_(False))
    return set(db.session.scalars(rows))


def kinds(person: Person) -> list[str]:
    """Give what a person's inbox tells of."""
    return list(db.session.scalars(select(Notice.kind).where(Notice.person_id == person.id).order_by(Notice.id)))


def say(person: Person, talk: Talk, said: Answer) -> None:
    with transaction():
        answering.answer(person, talk.id, said)


def close(person: Person, talk: Talk) -> None:
    with transaction():
        answering.close(person, talk.id)


def test_a_colleague_is_asked_and_says_yes_for_later(anne: Person, bjarne: Person) -> None:
    talk = make_talk(anne, bjarne, suits=Suits.WEEK)
    assert kinds(bjarne) == ["talks.asked"]
    say(bjarne, talk, Answer.TOMORROW)
    line = reading.line(anne, talk.id)
    assert (line.state, line.answer, line.other) == (State.AGREED, Answer.TOMORROW, bjarne)
    assert (kinds(anne), kinds(bjarne)) == (["talks.yes"], [])


def test_nobody_but_the_two_sees_it(anne: Person, bjarne: Person, carla: Person, didrik: Person) -> None:
    talk = make_talk(anne, bjarne)
    for other in (carla, didrik):
        with pytest.raises(NotFound):
            reading.line(other, talk.id)
        with pytest.raises(NotFound):
            answering.answer(other, talk.id, Answer.NOW)
        with pytest.raises(NotFound):
            answering.close(other, talk.id)
        assert list(reading.lines(other)) == []
    assert [line.part for line in reading.lines(bjarne)] == [Part.OTHER]


def test_not_this_time_needs_no_why_and_the_pair_is_forgotten(anne: Person, bjarne: Person) -> None:
    talk = make_talk(anne, bjarne)
    say(bjarne, talk, Answer.NO)
    assert (kinds(anne), kinds(bjarne)) == (["talks.passed"], [])
    assert reading.line(anne, talk.id).other is None
    assert list(reading.lines(bjarne)) == []


def test_who_has_said_yes_may_take_it_back_and_the_asker_hears_of_others(anne: Person, bjarne: Person) -> None:
    talk = make_talk(anne, bjarne)
    say(bjarne, talk, Answer.TODAY)
    say(bjarne, talk, Answer.NO)
    assert kinds(anne) == ["talks.passed"]
    assert reading.line(anne, talk.id).state is State.PASSED


@pytest.mark.parametrize("closes", ["anne", "bjarne"])
def test_either_closes_it_and_nothing_is_left(anne: Person, bjarne: Person, closes: str) -> None:
    talk = make_talk(anne, bjarne)
    say(bjarne, talk, Answer.NOW)
    close({"anne": anne, "bjarne": bjarne}[closes], talk)
    assert list(db.session.scalars(select(Talk.id))) == []
    assert (kinds(anne), kinds(bjarne)) == ([], [])
    with pytest.raises(NotFound):
        answering.close(anne, talk.id)


@pytest.mark.parametrize(("said", "hears"), [(Answer.NOW, False), (Answer.TODAY, True), (Answer.TOMORROW, True)])
def test_who_waits_for_a_talk_hears_that_it_is_called_off(
    anne: Person, bjarne: Person, wheel: Wheel, said: Answer, hears: bool
) -> None:
    talk = make_talk(anne, bjarne)
    say(bjarne, talk, said)
    with transaction():
        jobs.enqueue("talks.forget", key="schedule:talks.forget")
        answering.close(anne, talk.id, calls_off=True)
    assert kinds(bjarne) == ["talks.called_off"] * hears
    told = db.session.scalars(select(Notice)).all()
    assert [(each.actor_id, each.params, each.values) for each in told] == [(None, {}, {})] * hears
    wheel.turn(23 * 3600)
    assert kinds(bjarne) == [], "that there had been a talk is forgotten within a day"


def test_nothing_is_said_when_the_two_have_talked_or_the_other_closes(anne: Person, bjarne: Person) -> None:
    for who, calls_off in ((anne, False), (bjarne, True)):
        talk = make_talk(anne, bjarne)
        say(bjarne, talk, Answer.TODAY)
        with transaction():
            answering.close(who, talk.id, calls_off=calls_off)
        assert (kinds(anne), kinds(bjarne)) == ([], [])


def test_a_wish_is_taken_back_by_who_asked_alone(anne: Person, bjarne: Person) -> None:
    talk = make_talk(anne, bjarne)
    with pytest.raises(NotAllowed):
        answering.close(bjarne, talk.id)
    with pytest.raises(NotAllowed):
        answering.answer(anne, talk.id, Answer.NOW)
    close(anne, talk)
    assert kinds(bjarne) == []


def test_asked_twice_is_once_and_another_waits(anne: Person, bjarne: Person, carla: Person) -> None:
    talk = make_talk(anne, bjarne)
    assert make_talk(anne, bjarne).id == talk.id
    assert kinds(bjarne) == ["talks.asked"]
    with pytest.raises(Conflict), transaction():
        asking.ask_colleague(anne, carla.id)
    say(bjarne, talk, Answer.NO)
    assert make_talk(anne, carla).id != talk.id
    assert len(reading.lines(anne)) == 1, "what did not come about is forgotten when one asks anew"


def test_one_asks_neither_oneself_nor_who_has_left(anne: Person, didrik: Person) -> None:
    didrik.is_active = False
    db.session.flush()
    for wrong in (anne.id, didrik.id, 99_999_999, None):
        with pytest.raises(Invalid):
            asking.ask_colleague(anne, wrong)


def test_a_script_is_stopped(anne: Person, bjarne: Person) -> None:
    for _ in range(asking.MOST_AN_HOUR):
        close(anne, make_talk(anne, bjarne))
    with pytest.raises(TooMany):
        make_talk(anne, bjarne)


def test_three_peer_supporters_are_told_and_see_no_name(anne: Person) -> None:
    peers = [make_peer(f"Peer {number}") for number in range(5)]
    talk = make_talk(anne, suits=Suits.NOW)
    asked = [peer for peer in peers if peer.id in told(talk)]
    assert len(asked) == 3
    line = reading.line(asked[0], talk.id)
    assert (line.part, line.other) == (Part.TOLD, None)
    assert kinds(asked[0]) == ["talks.wanted"]
    for peer in peers:
        if peer not in asked:
            with pytest.raises(NotFound):
                reading.line(peer, talk.id)


def test_the_first_peer_supporter_to_say_yes_is_there_and_the_others_keep_nothing(anne: Person) -> None:
    peers = [make_peer(f"Peer {number}") for number in range(3)]
    talk = make_talk(anne)
    say(peers[1], talk, Answer.NOW)
    assert reading.line(peers[1], talk.id).other == anne
    assert reading.line(anne, talk.id).other == peers[1]
    assert list(db.session.scalars(select(TalkTold.person_id))) == []
    for peer in (peers[0], peers[2]):
        assert kinds(peer) == []
        with pytest.raises(NotFound, match="somebody else is there"):
            answering.answer(peer, talk.id, Answer.NOW)


def test_who_has_no_time_leaves_it_to_another(anne: Person) -> None:
    peers = [make_peer(f"Peer {number}") for number in range(4)]
    talk = make_talk(anne)
    (spared,) = {peer.id for peer in peers} - told(talk)
    first = next(peer for peer in peers if peer.id in told(talk))
    say(first, talk, Answer.NO)
    assert spared in told(talk)
    assert first.id not in told(talk)
    assert (kinds(first), kinds(anne)) == ([], [])


def test_when_everybody_has_said_not_this_time_the_asker_is_offered_others(anne: Person) -> None:
    peers = [make_peer(f"Peer {number}") for number in range(2)]
    talk = make_talk(anne)
    for peer in peers:
        say(peer, talk, Answer.NO)
    assert reading.line(anne, talk.id).state is State.PASSED
    assert kinds(anne) == ["talks.passed"]


def test_who_says_nothing_is_let_be_and_others_are_told(anne: Person, wheel: Wheel) -> None:
    peers = [make_peer(f"Peer {number}") for number in range(4)]
    talk = make_talk(anne)
    first = told(talk)
    wheel.turn(11 * 60)
    assert told(talk) == {peer.id for peer in peers} - first
    assert all(kinds(peer) == [] for peer in peers if peer.id in first)
    wheel.turn(11 * 60)
    assert reading.line(anne, talk.id).state is State.PASSED


def test_only_those_on_shift_and_available_are_told(anne: Person, bjarne: Person) -> None:
    make_peer("At home", is_at_work=False)
    on_call, easy = make_peer("On call"), make_peer("Easy", is_at_work=False)
    with transaction():
        put_to_work(on_call, availability=Availability.ON_CALL)
        put_to_work(easy, easy=True)
        put_to_work(bjarne)
    talk = make_talk(anne, suits=Suits.NOW)
    assert reading.line(anne, talk.id).state is State.PASSED, "nobody is free, and the page says so at once"
    assert kinds(anne) == []


def test_a_peer_supporter_who_asks_is_not_asked(wheel: Wheel) -> None:
    peer = make_peer()
    assert reading.line(peer, make_talk(peer).id).state is State.PASSED


def test_nobody_has_two_wishes_before_them(anne: Person, bjarne: Person) -> None:
    peer = make_peer()
    first = make_talk(anne)
    second = make_talk(bjarne)
    assert told(first) == {peer.id}
    assert told(second) == set()


def test_a_wish_for_today_waits_for_who_comes_to_work(anne: Person, wheel: Wheel) -> None:
    peer = make_peer(is_at_work=False)
    talk = make_talk(anne, suits=Suits.TODAY)
    assert told(talk) == set()
    with transaction():
        put_to_work(peer)
    wheel.turn(16 * 60)
    assert told(talk) == {peer.id}


def test_a_wish_that_nobody_answers_is_let_be(anne: Person, bjarne: Person, wheel: Wheel) -> None:
    talk = make_talk(anne, bjarne, suits=Suits.NOW)
    wheel.turn(3 * 3600)
    assert reading.line(anne, talk.id).state is State.PASSED
    assert (kinds(anne), kinds(bjarne)) == (["talks.passed"], [])


def test_a_buddy_is_asked_agrees_and_is_then_asked_for_talks(anne: Person, bjarne: Person) -> None:
    with pytest.raises(Invalid):
        asking.ask_buddy(anne)
    with transaction():
        buddies.ask(anne, bjarne.id)
    assert bonds.find_buddy(anne) is None
    bond = bonds.bonds_to(bjarne)[0]
    with pytest.raises(NotAllowed):
        buddies.agree(anne, bond.id)
    with transaction():
        buddies.agree(bjarne, bond.id)
    assert (kinds(anne), kinds(bjarne)) == (["talks.buddy_yes"], [])
    with transaction():
        talk = asking.ask_buddy(anne)
    assert talk.helper_id == bjarne.id


@pytest.mark.parametrize("is_agreed", [True, False])
def test_either_ends_it_and_only_who_is_without_a_buddy_hears_of_it(
    anne: Person, bjarne: Person, is_agreed: bool
) -> None:
    for ender in (anne, bjarne):
        with transaction():
            buddies.ask(anne, bjarne.id)
        bond = bonds.bonds_to(bjarne)[0]
        if is_agreed:
            with transaction():
                buddies.agree(bjarne, bond.id)
        with transaction():
            buddies.end(ender, bond.id)
        assert db.session.scalar(select(Buddy)) is None
        assert kinds(bjarne) == []
        assert kinds(anne) == ([] if ender is anne else ["talks.buddy_gone"])


def test_a_bond_is_nobody_elses_business(anne: Person, bjarne: Person, didrik: Person) -> None:
    with transaction():
        buddies.ask(anne, bjarne.id)
    bond = bonds.bonds_to(bjarne)[0]
    for act in (buddies.agree, buddies.end):
        with pytest.raises(NotFound):
            act(didrik, bond.id)
    with pytest.raises(Conflict):
        buddies.ask(anne, didrik.id)


def test_what_somebody_was_part_of_goes_on_without_them_when_they_leave(
    anne: Person, bjarne: Person, carla: Person
) -> None:
    asked, own = make_talk(anne, bjarne), make_talk(bjarne, anne)
    with transaction():
        buddies.ask(anne, bjarne.id)
        buddies.ask(bjarne, anne.id)
        people.deactivate(carla, bjarne)
    assert reading.line(anne, asked.id).state is State.PASSED
    assert db.session.get(Talk, own.id) is None
    assert db.session.scalar(select(Buddy)) is None


def test_a_peer_supporter_who_leaves_is_replaced_by_another(anne: Person, carla: Person) -> None:
    peers = [make_peer(f"Peer {number}") for number in range(4)]
    talk = make_talk(anne)
    (spared,) = {peer.id for peer in peers} - told(talk)
    leaver = next(peer for peer in peers if peer.id in told(talk))
    with transaction():
        people.deactivate(carla, leaver)
    assert spared in told(talk)
    assert leaver.id not in told(talk)


def test_a_person_without_any_talk_has_nothing_to_see() -> None:
    nobody = make_person()
    assert list(reading.lines(nobody)) == []
