"""What those who have coffee together are told: all of a table in the same moment, and never who said no and why."""

from __future__ import annotations

from portal.blueprints.coffee import queries
from portal.blueprints.coffee.facts import CannotCome, LeftOver, TableSet, WeekEnded
from portal.blueprints.notifications import service as notifications
from portal.core.facts import on
from portal.core.i18n import N_

GROUP = "coffee"
PAIRED, PAIRED_FREELY, OFF, SMALLER, OVER = (
    "coffee.paired",
    "coffee.paired_freely",
    "coffee.off",
    "coffee.smaller",
    "coffee.over",
)

notifications.notice_group(GROUP, N_("Coffee and fresh air"), mail="daily")
notifications.notice_kind(
    PAIRED, group=GROUP, text=N_("You and %(who)s have coffee this week. A suggestion: %(when)s"), icon="coffee"
)
notifications.notice_kind(
    PAIRED_FREELY,
    group=GROUP,
    text=N_("You and %(who)s have coffee this week. Find a time that suits you both."),
    icon="coffee",
)
notifications.notice_kind(
    OFF,
    group=GROUP,
    text=N_("%(who)s can't make coffee this time. If somebody else is free, you hear of it."),
    icon="coffee",
)
notifications.notice_kind(
    SMALLER, group=GROUP, text=N_("%(who)s can't make coffee this time. The two of you still meet."), icon="coffee"
)
notifications.notice_kind(
    OVER,
    group=GROUP,
    text=N_("Nobody was free for coffee when you are at work this week. Next time you come first."),
    icon="coffee",
)


@on(TableSet)
def tell_those_who_meet(fact: TableSet) -> None:
    """Tell each whom they meet, and when both are at work; of three, each hears of one and finds both on the page."""
    group = queries.get_group(fact.group_id)
    ids = [seat.person_id for seat in group.seats]
    for place, person_id in enumerate(ids):
        notifications.tell(
            person_id,
            kind=PAIRED if group.meets_at else PAIRED_FREELY,
            params={"when": group.meets_at} if group.meets_at else {},
            endpoint="coffee.index",
            values={},
            actor_id=ids[place - 1],
            thread=_thread(fact.number, person_id),
        )


@on(CannotCome)
def tell_the_others(fact: CannotCome) -> None:
    """Tell those who would have met somebody; for the one who does not come there is nothing left to read."""
    _forget(fact.number, fact.person_id)
    for person_id in fact.others:
        if not fact.stands:
            _forget(fact.number, person_id)
        notifications.tell(
            person_id,
            kind=SMALLER if fact.stands else OFF,
            params={},
            endpoint="coffee.index",
            values={},
            actor_id=fact.person_id,
            thread=_thread(fact.number, person_id),
        )


@on(LeftOver)
def tell_who_is_left_over(fact: LeftOver) -> None:
    """Tell somebody that there was nobody, and that it is not so twice."""
    notifications.tell(
        fact.person_id,
        kind=OVER,
        params={},
        endpoint="coffee.index",
        values={},
        thread=_thread(fact.number, fact.person_id),
    )


@on(WeekEnded)
def clear_the_inbox(_fact: WeekEnded) -> None:
    """Leave no list of whom one has met in anybody's inbox."""
    notifications.take_back_page(endpoint="coffee.index", values={})


def _forget(number: int, person_id: int) -> None:
    for kind in (PAIRED, PAIRED_FREELY, OVER):
        notifications.take_back(kind=kind, thread=_thread(number, person_id))


def _thread(number: int, person_id: int) -> str:
    return f"{number}-{person_id}"
