"""All messages about an evening, in any order, twice, late or lost: the last one to arrive leaves one right entry."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from icalendar import Calendar
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal.blueprints.events.ical import feed
from portal.blueprints.events.models.evenings import Evening
from portal.blueprints.events.models.signups import SignUp
from portal.blueprints.events.queries import attendance, calendars, finding
from portal.blueprints.events.rules.reminders import Reminder
from portal.blueprints.events.service import evenings, feeds, signups
from portal.blueprints.events.service.wishes import EveningWish, Words
from portal.blueprints.notifications.models import Mail, MailState
from portal.blueprints.people.models import Person
from portal.blueprints.people.rules import Role
from portal.core import clock, jobs
from portal.core.db import db, transaction
from portal.core.errors import Conflict
from portal.core.jobs import Job
from tests.events.diary import Diary, Entry, Forgetful, entry_of, event_of
from tests.factories.events import MONDAY, evening_wish
from tests.factories.people import make_person
from tests.factories.rooms import make_room

EXAMPLES, STEPS, WALK = 5, 15, 40
WHO = st.integers(0, 2)
OFTEN = (3, 2, 2, 3, 2, 2, 2, 1, 4, 1, 1, 1, 3, 2, 9)  # how often each act of a walk: called off is no state to stay in


class Post:
    """What is on its way to one person, and their calendars: one that gets it as it comes, one that all reaches."""

    def __init__(self, person: Person) -> None:
        self.way: list[bytes] = []
        self.newest = -1
        self.diary, self.orderly = Diary(owner=person.email), Forgetful(owner=person.email)

    def take(self, written: bytes) -> None:
        """Take a message that leaves the house."""
        _, event = event_of(written)
        assert int(event["SEQUENCE"]) > self.newest, "a number is never given twice"
        self.newest = int(event["SEQUENCE"])
        self.way.append(written)
        self.orderly.receive(written)

    def is_last(self, written: bytes) -> bool:
        """Tell whether nothing newer has left."""
        return int(event_of(written)[1]["SEQUENCE"]) == self.newest


class Evenings(RuleBasedStateMachine):
    """One evening with three people, who read different languages, and two seats."""

    counted: ClassVar[Counter[str]] = Counter()  # what befell messages, over all histories: bench/messages.py tells it

    def __init__(self) -> None:
        super().__init__()
        self.clock = ExitStack()
        self._pass(MONDAY)
        with transaction():
            self.otto = make_person("Otto Olsen", roles={Role.COLLEAGUE, Role.ORGANISER})
            self.people = [make_person(locale=locale) for locale in ("nn", "nb", "en")]
            make_room("Ulriken", seats=6)
            self.evening_id = evenings.plan(self.otto, evening_wish(capacity=2)).id
        self.post = {person.id: Post(person) for person in self.people}
        self.rests = False

    def _pass(self, moment: datetime) -> None:
        self.clock.close()
        self.clock.enter_context(clock.frozen(moment))

    @property
    def evening(self) -> Evening:
        """Give the evening as it stands."""
        return finding.get_evening(self.evening_id)

    def _do(self, act: Callable[[], object]) -> None:
        self._pass(clock.now() + timedelta(minutes=1))
        try:
            with transaction():
                act()
        except Conflict:
            pass
        if not self.rests:
            self.the_worker_works()
            self.mails_leave()

    def _change(self, **values: object) -> None:
        evening = self.evening
        wish = EveningWish(
            words=evenings.words_of(evening),
            starts_at=evening.starts_at,
            ends_at=evening.ends_at,
            capacity=evening.capacity,
            needs_room=evening.needs_room,
        )
        self._do(lambda: evenings.change(self.otto, self.evening_id, replace(wish, **values)))  # type: ignore[arg-type]

    @initialize()
    def somebody_comes(self) -> None:
        """Begin with somebody in."""
        self.comes(0)

    @rule()
    def the_worker_rests_or_comes_back(self) -> None:
        """Let what is to be done pile up for a while."""
        self.rests = not self.rests

    @rule(who=WHO)
    def comes(self, who: int) -> None:
        """Sign up, or stand in line."""
        self._do(lambda: signups.sign_up(self.people[who], self.evening_id))

    @rule(who=WHO)
    def says_yes(self, who: int) -> None:
        """Take an offered seat."""
        self._do(lambda: signups.accept(self.people[who], self.evening_id))

    @rule(who=WHO)
    def leaves(self, who: int) -> None:
        """Leave, or say no."""
        self._do(lambda: signups.give_up(self.people[who], self.evening_id))

    @rule(who=WHO)
    def thinks_again(self, who: int) -> None:
        """Leave, and come back at once."""
        self.leaves(who)
        self.comes(who)

    @rule(hours=st.sampled_from([-2, 1, 3]))
    def is_moved(self, hours: int) -> None:
        """Move the evening."""
        by = timedelta(hours=hours)
        self._change(starts_at=self.evening.starts_at + by, ends_at=self.evening.ends_at + by)

    @rule(title=st.sampled_from(["Brettspel", "Julebrettspel"]), place=st.sampled_from(["", "Fløyen"]))
    def is_reworded(self, title: str, place: str) -> None:
        """Write it anew."""
        self._change(words=Words(title=title, details="Kom og spel.", place=place))

    @rule(needs_room=st.booleans(), capacity=st.sampled_from([1, 2, None]))
    def is_rearranged(self, needs_room: bool, capacity: int | None) -> None:
        """Ask for a room, or do without; have more seats, or fewer."""
        self._change(needs_room=needs_room, capacity=capacity)

    @rule()
    def is_called_off(self) -> None:
        """Call it off."""
        self._do(lambda: evenings.cancel(self.otto, self.evening_id))

    @rule()
    def is_held_after_all(self) -> None:
        """Hold it after all."""
        self._do(lambda: evenings.restore(self.otto, self.evening_id))

    @rule(who=WHO, locale=st.sampled_from(["nn", "nb", "en"]), reminder=st.sampled_from(list(Reminder)))
    def chooses(self, who: int, locale: str, reminder: Reminder) -> None:
        """Read another language from now on, and be reminded at another time."""
        self._do(lambda: setattr(self.people[who], "locale", locale))
        self._do(lambda: feeds.choose_reminder(self.people[who], reminder))

    @rule(hours=st.integers(1, 13))
    def time_passes(self, hours: int) -> None:
        """Let an offer lapse, perhaps."""
        later = clock.now() + timedelta(hours=hours)
        if later < self.evening.starts_at - timedelta(hours=1):
            self._pass(later)

    def the_worker_works(self) -> None:
        """Do what is due; mails are carried out of the house by another step."""
        is_done = False
        while not is_done:
            with transaction():
                db.session.execute(delete(Job).where(Job.name.startswith("notifications.")))
            is_done = jobs.run_due(1) == 0

    def mails_leave(self) -> None:
        """Carry what waits out of the house."""
        waiting = select(Mail).where(Mail.state == MailState.WAITING, Mail.calendar.is_not(None))
        with transaction():
            for mail in db.session.scalars(waiting.where(Mail.person_id.in_(list(self.post))).order_by(Mail.id)):
                assert mail.calendar
                self.post[mail.person_id].take(mail.calendar)
                self.counted["left"] += 1
                mail.note_sent(clock.now())

    @rule(who=WHO, choice=st.randoms(use_true_random=False), again=st.booleans())
    def one_arrives(self, who: int, choice: random.Random, again: bool) -> None:
        """Let any message arrive, however old; it may come once more later."""
        post = self.post[self.people[who].id]
        if post.way:
            written = choice.choice(post.way)
            post.diary.receive(written)
            self.counted["late" if not post.is_last(written) else "arrived"] += 1
            self.counted["doubled"] += again
            if not again:
                post.way.remove(written)

    @rule(who=WHO, choice=st.randoms(use_true_random=False))
    def one_is_lost(self, who: int, choice: random.Random) -> None:
        """Lose a message that a newer one follows."""
        post = self.post[self.people[who].id]
        older = [written for written in post.way if not post.is_last(written)]
        if older:
            post.way.remove(choice.choice(older))
            self.counted["lost"] += 1

    @rule(choice=st.randoms(use_true_random=False))
    def the_last_arrives(self, choice: random.Random) -> None:
        """Let everything that is on its way arrive, in any order: now each calendar is right."""
        self._pass(clock.now() + timedelta(minutes=1))  # a move waits a moment for its room
        self.the_worker_works()
        self.mails_leave()
        for post in self.post.values():
            choice.shuffle(post.way)
            for written in post.way:
                post.diary.receive(written)
            post.way.clear()
        for person in self.people:
            self._check(person)

    def _check(self, person: Person) -> None:
        self.counted["checked"] += 1
        sign_ups = {each.person_id: each for each in attendance.sign_ups(self.evening_id)}
        mine, evening, post = sign_ups.get(person.id), self.evening, self.post[person.id]
        should = {evening.uid: _expected(mine)} if mine and mine.is_in and not evening.is_cancelled else {}
        assert post.diary.entries == should
        assert post.orderly.entries == should
        events = list(Calendar.from_ical(feed.feed(calendars.feed(person.id), person)).events)
        assert len(events) == (mine is not None)
        if mine:
            wanted = "CANCELLED" if evening.is_cancelled else "CONFIRMED" if mine.is_in else "TENTATIVE"
            assert events[0]["STATUS"] == wanted
            assert entry_of(events[0]) == _expected(mine)

    @invariant()
    def one_entry_at_most(self) -> None:
        """Never show one evening twice."""
        assert all(len(post.diary.entries) <= 1 for post in self.post.values())

    def teardown(self) -> None:
        """End with everything arrived."""
        self.the_last_arrives(random.Random(1))
        self.clock.close()


def _expected(mine: SignUp) -> Entry:
    evening = mine.evening
    return Entry(
        uid=evening.uid,
        starts_at=evening.starts_at,
        ends_at=evening.ends_at,
        title=evening.title,
        place=evening.where,
        sequence=max(evening.changed_revision, mine.invited_sequence or 0),
    )


def play(examples: int, steps: int) -> None:
    """Play so many histories."""
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    chosen = settings(max_examples=examples, stateful_step_count=steps, deadline=None, suppress_health_check=checks)
    run_state_machine_as_test(Evenings, settings=chosen)


def wander(seed: int, steps: int) -> None:
    """Take so many steps at random, each as likely as the others; Hypothesis prefers short histories of few kinds."""
    choice, machine = random.Random(seed), Evenings()
    acts: list[Callable[[], object]] = [
        lambda: machine.comes(choice.randrange(3)),
        lambda: machine.says_yes(choice.randrange(3)),
        lambda: machine.leaves(choice.randrange(3)),
        lambda: machine.thinks_again(choice.randrange(3)),
        lambda: machine.is_moved(choice.choice([-2, 1, 3])),
        lambda: machine.is_reworded(choice.choice(["Brettspel", "Julebrettspel"]), choice.choice(["", "Fløyen"])),
        lambda: machine.is_rearranged(choice.random() < 0.5, choice.choice([1, 2, None])),
        machine.is_called_off,
        machine.is_held_after_all,
        lambda: machine.chooses(choice.randrange(3), choice.choice(["nn", "nb", "en"]), choice.choice(list(Reminder))),
        lambda: machine.time_passes(choice.randint(1, 13)),
        machine.the_worker_rests_or_comes_back,
        lambda: machine.one_arrives(choice.randrange(3), choice, choice.random() < 0.5),
        lambda: machine.one_is_lost(choice.randrange(3), choice),
        lambda: machine.the_last_arrives(choice),
    ]
    try:
        machine.somebody_comes()
        for _ in range(steps):
            choice.choices(acts, OFTEN)[0]()
            machine.one_entry_at_most()
    finally:
        machine.teardown()


@pytest.mark.parametrize("seed", [1, 2])
def test_a_long_walk_ends_in_one_right_entry(session: Session, seed: int) -> None:
    wander(seed, WALK)


def test_whatever_order_messages_come_in_one_right_entry_is_left(session: Session) -> None:
    play(EXAMPLES, STEPS)
