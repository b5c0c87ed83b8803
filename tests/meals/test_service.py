from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from portal.blueprints.events.models.evenings import Evening, Kind
from portal.blueprints.events.models.signups import SignUpState
from portal.blueprints.events.service import evenings, signups
from portal.blueprints.meals import queries
from portal.blueprints.meals.models import Diner, KnownNeeds, Meal
from portal.blueprints.meals.rules import Diet, Needs
from portal.blueprints.meals.service import dining, meals, upkeep
from portal.blueprints.notifications.models import Notice
from portal.blueprints.people import service as people
from portal.blueprints.people.models import Person
from portal.blueprints.people.rules import Role
from portal.core import clock, sealing
from portal.core.db import db, transaction
from portal.core.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.factories.events import MONDAY, evening_wish, make_evening, make_sign_up
from tests.factories.meals import make_diner, make_meal, meal_wish
from tests.factories.people import make_person
from tests.racing import race

At = Callable[[datetime], None]
VEGAN = Needs(diets=frozenset({Diet.VEGAN}))
ALLERGIC = Needs(diets=frozenset({Diet.NO_GLUTEN, Diet.NO_NUTS}), other="Selleri")


@pytest.fixture
def evening(session: Session, anne: Person, bjarne: Person) -> Evening:
    """Anne and Bjarne come to a film on Thursday."""
    with transaction():
        evening = make_evening(kind=Kind.CINEMA, own_title="Kinokveld")
        make_sign_up(evening, anne, position=1)
        make_sign_up(evening, bjarne, position=2)
        return evening


@pytest.fixture
def meal(otto: Person, evening: Evening) -> Meal:
    with transaction():
        return make_meal(otto, evening)


def kinds_told(person: Person) -> list[str]:
    return list(db.session.scalars(select(Notice.kind).where(Notice.person_id == person.id).order_by(Notice.id)))


def count(model: type[Diner] | type[KnownNeeds] | type[Meal]) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_food_is_offered_to_those_who_come_and_to_nobody_else(
    anne: Person, bjarne: Person, didrik: Person, meal: Meal
) -> None:
    assert kinds_told(anne) == kinds_told(bjarne) == ["meals.offered"]
    assert kinds_told(didrik) == []


def test_only_organisers_offer_change_and_call_off(anne: Person, evening: Evening, meal: Meal) -> None:
    for act in (
        lambda: meals.plan(anne, evening.id, meal_wish(evening)),
        lambda: meals.change(anne, meal.id, meal_wish(evening)),
        lambda: meals.take_over(anne, meal.id),
        lambda: meals.call_off(anne, meal.id),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_an_evening_has_one_meal_and_a_form_sent_twice_makes_one(otto: Person, evening: Evening, meal: Meal) -> None:
    assert make_meal(otto, evening).id == meal.id
    with pytest.raises(Conflict):
        make_meal(otto, evening, what="Tapas")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"what": "  "}, "what"),
        ({"what": "x" * 121}, "what"),
        ({"place": "Hjå 13097248022"}, "place"),
        ({"at": MONDAY - timedelta(hours=1)}, "at"),
        ({"at": MONDAY + timedelta(days=9)}, "at"),
        ({"deadline": MONDAY - timedelta(hours=1)}, "deadline"),
        ({"deadline": MONDAY + timedelta(days=5)}, "deadline"),
        ({"capacity": 0}, "capacity"),
        ({"capacity": 501}, "capacity"),
    ],
)
def test_food_that_cannot_be_is_refused_at_its_field(
    otto: Person, evening: Evening, values: dict[str, object], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        make_meal(otto, evening, **values)
    assert refused.value.field == field


def test_who_eats_must_come_to_the_evening(anne: Person, didrik: Person, evening: Evening, meal: Meal) -> None:
    dining.eat(anne, meal.id)
    with pytest.raises(NotAllowed):
        dining.eat(didrik, meal.id)
    make_sign_up(evening, didrik, position=3, state=SignUpState.WAITING)
    with pytest.raises(NotAllowed):
        dining.eat(didrik, meal.id)


def test_plates_are_counted_with_guests_and_never_more_than_there_are(
    anne: Person, bjarne: Person, otto: Person, evening: Evening
) -> None:
    meal = make_meal(otto, evening, capacity=4)
    dining.eat(anne, meal.id, guests=2)
    assert queries.plates(meal.id) == 3
    with pytest.raises(Conflict):
        dining.eat(bjarne, meal.id, guests=1)
    dining.eat(bjarne, meal.id)
    with pytest.raises(Conflict):
        dining.eat(anne, meal.id, guests=3)
    dining.eat(anne, meal.id, guests=2)
    dining.eat(anne, meal.id)
    assert queries.plates(meal.id) == 4
    meals.change(otto, meal.id, meal_wish(evening, capacity=1))
    assert queries.plates(meal.id) == 4


@pytest.mark.parametrize("guests", [-1, 4])
def test_one_brings_from_none_to_three(anne: Person, meal: Meal, guests: int) -> None:
    with pytest.raises(Invalid):
        dining.eat(anne, meal.id, guests=guests)


def test_after_the_deadline_nobody_joins_and_anybody_leaves(at: At, anne: Person, bjarne: Person, meal: Meal) -> None:
    dining.eat(anne, meal.id)
    at(meal.deadline)
    with pytest.raises(Conflict):
        dining.eat(bjarne, meal.id)
    dining.give_up(anne, meal.id)
    dining.give_up(anne, meal.id)
    assert count(Diner) == 0
    at(meal.at)
    with pytest.raises(Conflict):
        dining.give_up(anne, meal.id)


def test_who_leaves_the_evening_leaves_the_table_and_the_needs_are_gone(
    anne: Person, evening: Evening, meal: Meal
) -> None:
    dining.eat(anne, meal.id)
    dining.tell_needs(anne, VEGAN)
    signups.give_up(anne, evening.id)
    assert count(Diner) == 0
    assert count(KnownNeeds) == 0


def test_an_evening_that_is_called_off_has_no_food(anne: Person, otto: Person, evening: Evening, meal: Meal) -> None:
    dining.eat(anne, meal.id)
    dining.tell_needs(anne, VEGAN)
    evenings.cancel(otto, evening.id)
    assert count(Diner) == count(KnownNeeds) == 0
    with pytest.raises(Conflict):
        dining.eat(anne, meal.id)


def test_a_deadline_that_has_passed_is_not_opened_again(
    at: At, anne: Person, bjarne: Person, otto: Person, evening: Evening, meal: Meal
) -> None:
    """Opened and closed again and again, the totals would tell what each who came in between does not eat."""
    deadline, later = meal.deadline, evening.starts_at - timedelta(hours=1)
    at(deadline)
    with pytest.raises(Conflict):
        meals.change(otto, meal.id, meal_wish(evening, deadline=later))
    meals.change(otto, meal.id, meal_wish(evening, deadline=deadline, at=meal.at + timedelta(minutes=30), what="Tapas"))
    evenings.change(otto, evening.id, evening_wish(evening.starts_at + timedelta(days=7), kind=Kind.CINEMA))
    assert (meal.what, meal.deadline) == ("Tapas", deadline)
    with pytest.raises(Conflict):
        dining.eat(bjarne, meal.id)


def test_needs_are_forgotten_with_the_food_that_is_called_off(anne: Person, otto: Person, meal: Meal) -> None:
    dining.eat(anne, meal.id)
    dining.tell_needs(anne, VEGAN)
    meals.call_off(otto, meal.id)
    assert count(KnownNeeds) == 0


def test_food_that_is_called_off_is_told_to_those_who_had_said_yes(
    anne: Person, bjarne: Person, otto: Person, meal: Meal
) -> None:
    dining.eat(anne, meal.id)
    meals.call_off(otto, meal.id)
    assert kinds_told(anne) == ["meals.offered", "meals.called_off"]
    assert kinds_told(bjarne) == ["meals.offered"]
    with pytest.raises(NotFound):
        meals.call_off(otto, meal.id)


def test_the_food_moves_along_with_its_evening(otto: Person, evening: Evening, meal: Meal) -> None:
    at, deadline, starts_at = meal.at, meal.deadline, evening.starts_at + timedelta(days=2, minutes=30)
    evenings.change(otto, evening.id, evening_wish(starts_at, kind=Kind.CINEMA))
    assert (meal.at, meal.deadline) == (at + timedelta(days=2, minutes=30), deadline + timedelta(days=2, minutes=30))
    meals.follow_evening(evening.id)
    assert meal.at == at + timedelta(days=2, minutes=30)


def test_what_one_does_not_eat_is_sealed_and_bound_to_ones_own_row(anne: Person, bjarne: Person) -> None:
    dining.tell_needs(anne, ALLERGIC)
    known = queries.find_needs(anne.id)
    assert known
    raw = db.session.execute(text("SELECT sealed FROM diet")).scalar_one()
    for word in (b"Selleri", b"gluten", b"nuts", b"diets"):
        assert word not in bytes(raw)
    assert queries.my_needs(anne) == ALLERGIC
    db.session.add(KnownNeeds(person_id=bjarne.id, sealed=known.sealed))
    db.session.flush()
    with pytest.raises(sealing.Unreadable):
        queries.my_needs(bjarne)


def test_many_diets_are_no_longer_than_none_in_the_dump(anne: Person, bjarne: Person) -> None:
    dining.tell_needs(anne, VEGAN)
    dining.tell_needs(bjarne, ALLERGIC)
    sizes = {len(known.sealed) for known in db.session.scalars(select(KnownNeeds))}
    assert len(sizes) == 1


def test_who_eats_everything_leaves_nothing_behind(anne: Person) -> None:
    dining.tell_needs(anne, VEGAN, is_kept=True)
    dining.tell_needs(anne, Needs(other="  "))
    assert count(KnownNeeds) == 0


@pytest.mark.parametrize("other", ["x" * 161, "Spør 13097248022"])
def test_what_is_too_long_or_of_a_patient_is_refused(anne: Person, other: str) -> None:
    with pytest.raises(Invalid) as refused:
        dining.tell_needs(anne, Needs(other=other))
    assert refused.value.field == "other"


def test_the_organiser_of_the_meal_gets_totals_once_the_deadline_has_passed(
    at: At, anne: Person, bjarne: Person, otto: Person, meal: Meal
) -> None:
    for person, needs in ((anne, VEGAN), (bjarne, ALLERGIC)):
        dining.eat(person, meal.id)
        dining.tell_needs(person, needs)
    assert queries.find_totals(otto, meal) is None
    at(meal.deadline)
    found = queries.find_totals(otto, meal)
    assert found
    assert list(found.diets) == [(Diet.VEGAN, 1), (Diet.NO_GLUTEN, 1), (Diet.NO_NUTS, 1)]
    assert list(found.others) == ["Selleri"]


def test_needs_of_those_who_do_not_eat_are_not_in_the_totals(
    at: At, anne: Person, didrik: Person, otto: Person, meal: Meal
) -> None:
    dining.eat(anne, meal.id)
    dining.tell_needs(didrik, ALLERGIC, is_kept=True)
    at(meal.deadline)
    found = queries.find_totals(otto, meal)
    assert found
    assert found.is_empty


def test_nobody_else_gets_the_totals_not_even_another_organiser_or_an_administrator(
    at: At, anne: Person, carla: Person, otto: Person, meal: Meal
) -> None:
    dining.eat(anne, meal.id)
    dining.tell_needs(anne, VEGAN)
    other = make_person("Oda Ordnes", roles={Role.ORGANISER, Role.ADMINISTRATOR})
    at(meal.deadline)
    for person in (anne, carla, other):
        assert queries.find_totals(person, meal) is None
    meals.take_over(other, meal.id)
    assert queries.find_totals(other, meal)
    assert queries.find_totals(otto, meal) is None
    other.roles = frozenset()
    assert queries.find_totals(other, meal) is None


def test_what_one_does_not_eat_is_gone_the_day_after(at: At, anne: Person, meal: Meal) -> None:
    dining.eat(anne, meal.id)
    dining.tell_needs(anne, VEGAN)
    at(meal.at + timedelta(hours=3))
    upkeep.forget_yesterday()
    assert (count(Diner), count(KnownNeeds)) == (1, 1)
    at(clock.at_wall(clock.wall(meal.at).date() + timedelta(days=1), datetime(2026, 1, 1, 5, 5).time()))  # noqa: DTZ001
    for _ in range(2):
        upkeep.forget_yesterday()
        assert (count(Diner), count(KnownNeeds)) == (0, 0)


def test_it_is_kept_for_who_wants_it_kept_and_for_who_eats_again_soon(
    at: At, anne: Person, bjarne: Person, didrik: Person, otto: Person, meal: Meal
) -> None:
    next_week = make_evening(MONDAY + timedelta(days=10, hours=8))
    make_sign_up(next_week, bjarne)
    second = make_meal(otto, next_week)
    for person in (anne, bjarne):
        dining.eat(person, meal.id)
    dining.eat(bjarne, second.id)
    dining.tell_needs(anne, VEGAN, is_kept=True)
    dining.tell_needs(bjarne, ALLERGIC)
    dining.tell_needs(didrik, VEGAN)
    at(meal.at + timedelta(days=1))
    upkeep.forget_yesterday()
    assert queries.my_needs(anne) == VEGAN
    assert queries.my_needs(bjarne) == ALLERGIC
    assert queries.my_needs(didrik).is_empty  # told for no meal at all
    at(second.at + timedelta(days=1))
    upkeep.forget_yesterday()
    assert queries.my_needs(bjarne).is_empty
    assert queries.my_needs(anne) == VEGAN


def test_a_meal_after_midnight_belongs_to_the_evening_before(at: At, anne: Person, otto: Person) -> None:
    late = make_evening(clock.at_wall(MONDAY.date() + timedelta(days=3), datetime(2026, 1, 1, 21).time()))  # noqa: DTZ001
    make_sign_up(late, anne)
    meal = make_meal(otto, late, at=late.starts_at + timedelta(hours=4))
    dining.eat(anne, meal.id)
    at(clock.at_wall(MONDAY.date() + timedelta(days=4), datetime(2026, 1, 1, 5, 5).time()))  # noqa: DTZ001
    upkeep.forget_yesterday()
    assert count(Diner) == 0


def test_one_takes_along_ones_needs_and_meals_and_they_can_be_erased(anne: Person, bjarne: Person, meal: Meal) -> None:
    for person in (anne, bjarne):
        dining.eat(person, meal.id, guests=1)
        dining.tell_needs(person, ALLERGIC)
    assert queries.export_needs(anne.id) == [
        {"diets": ["no_gluten", "no_nuts"], "other": "Selleri", "is_kept_until_next_time": False}
    ]
    assert queries.export_meals(anne.id)[0]["guests"] == 1
    upkeep.forget_person(anne.id)
    upkeep._erase_plates(anne.id)
    assert queries.export_needs(anne.id) == queries.export_meals(anne.id) == []
    assert len(queries.export_needs(bjarne.id)) == len(queries.export_meals(bjarne.id)) == 1


def test_many_who_press_at_once_never_take_more_plates_than_there_are(own: Flask) -> None:
    with own.app_context(), transaction():
        otto = make_person("Otto", roles={Role.ORGANISER})
        evening = make_evening(clock.now() + timedelta(days=3))
        persons = [make_person() for _ in range(16)]
        for number, person in enumerate(persons):
            make_sign_up(evening, person, position=number + 1)
        meal_id = make_meal(otto, evening, capacity=5).id
        ids = [person.id for person in persons]

    def act(person_id: int) -> Callable[[], object]:
        return lambda: dining.eat(db.session.get_one(Person, person_id), meal_id)

    refused = race(own, [act(person_id) for person_id in ids])
    assert [type(error) for error in refused] == [Conflict] * 11
    with own.app_context():
        assert queries.plates(meal_id) == 5


def test_who_leaves_the_desk_leaves_no_needs_behind(anne: Person, carla: Person, meal: Meal) -> None:
    dining.eat(anne, meal.id)
    dining.tell_needs(anne, ALLERGIC, is_kept=True)
    people.deactivate(carla, anne)
    assert count(Diner) == count(KnownNeeds) == 0


def test_a_diner_row_tells_no_moment() -> None:
    assert {column.name for column in Diner.__table__.columns} == {"meal_id", "person_id", "guests"}


def test_a_plate_is_a_plate(anne: Person, meal: Meal) -> None:
    assert make_diner(meal, anne, guests=2).seats == 3
