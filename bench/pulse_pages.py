"""Do pages tell who has answered the pulse? python -m bench attack pulse-pages.

An attacker times pages by the thousand: of somebody who has answered or has not, decided each time by a coin, of
somebody else while that goes on, and of the tap itself, the first one or a change. From two heaps of times they guess
which heap a time is from. As good as chance is 50 %; the bound is four standard errors of guessing by chance. The clock
counts the work of the server alone: no line and no neighbour blurs what an attacker would have to see through.

That the clock is fine enough is shown each time: the page of somebody who is not asked this week does less work, and is
told apart.
"""

from __future__ import annotations

import secrets
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import sqrt
from pathlib import Path

from portal import create_app
from portal.blueprints.people.models import Person
from portal.blueprints.pulse import service
from portal.cli.database import bring_up_to_date
from portal.config import Settings
from portal.core import clock, throttle
from portal.core.db import db, transaction
from tests.client import AuditingClient
from tests.factories.people import make_person

FULL, SMALL = 300, 8  # so many times each, decided by a coin
AGAIN = 5
DESK = 50
STANDARD_ERRORS = 4.0
TUESDAY = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
PAGE = "/pusterom/puls"
Act = Callable[[], object]


class ToldApart(Exception):
    """Times tell who has answered."""


class Blind(Exception):
    """The clock does not see what it must see: that it told nothing else apart proves nothing."""


@dataclass(frozen=True, kw_only=True)
class Guess:
    """How often an attacker guesses right, and how far chance alone may bring them."""

    share: float
    bound: float

    @property
    def is_chance(self) -> bool:
        """Tell whether it is no better than a coin."""
        return abs(self.share - 0.5) <= self.bound


def guess(ones: Sequence[float], others: Sequence[float]) -> Guess:
    """Give how often a time of the one heap is longer than one of the other, ties counting half (Mann and Whitney)."""
    longer = sum((one > other) + (one == other) / 2 for one in ones for other in others)
    pairs = len(ones) * len(others)
    return Guess(share=longer / pairs, bound=STANDARD_ERRORS * sqrt((len(ones) + len(others) + 1) / (12 * pairs)))


def attack_pages(full: bool) -> list[str]:
    """Time pages and taps; what tells who has answered is told by raising."""
    times = FULL if full else SMALL
    with _desk() as desk:
        found = {
            "one's own page, answered or not": desk.own_page(times),
            "a colleague's page meanwhile": desk.page_beside(times),
            "the tap, the first or a change": desk.tap(times),
        }
        control = desk.page_of_who_is_not_asked(times)
    lines = [f"pulse-pages: {what}: {100 * each.share:.1f} %, chance {_range(each)}" for what, each in found.items()]
    told = [what for what, each in found.items() if not each.is_chance]
    if full and told:
        raise ToldApart("; ".join(lines))
    if full and control.is_chance:
        raise Blind(f"who is not asked is told apart in only {100 * control.share:.1f} %")
    return [*lines, f"pulse-pages: control, who is not asked: {100 * control.share:.1f} %, must be beyond chance"]


def _range(each: Guess) -> str:
    return f"{50 - 100 * each.bound:.1f}-{50 + 100 * each.bound:.1f} %"


@dataclass(frozen=True, kw_only=True)
class Desk:
    """Fifty people in an open round: one who answers, one beside, one who came after the opening."""

    round_id: int
    answering: Person
    own: AuditingClient
    beside: AuditingClient
    late: AuditingClient

    def own_page(self, times: int) -> Guess:
        """Time the page of who has answered or has not."""
        return self._by_coin(times, lambda: _best(self.own))

    def page_beside(self, times: int) -> Guess:
        """Time the page of somebody else."""
        return self._by_coin(times, lambda: _best(self.beside))

    def tap(self, times: int) -> Guess:
        """Time the tap of who has answered or has not."""
        return self._by_coin(times, lambda: _timed(lambda: self.own.post(f"{PAGE}/svar", data={"face": "4"})))

    def page_of_who_is_not_asked(self, times: int) -> Guess:
        """Time a page that does less work."""
        heaps: tuple[list[float], list[float]] = ([], [])
        for _ in range(times):
            is_late = secrets.randbelow(2)
            client = self.late if is_late else self.own
            heaps[is_late].append(_best(client))
        return guess(*heaps)

    def _by_coin(self, times: int, timed: Callable[[], float]) -> Guess:
        heaps: tuple[list[float], list[float]] = ([], [])
        for _ in range(times):
            has_answered = secrets.randbelow(2)
            self._put(has_answered=bool(has_answered))
            heaps[has_answered].append(timed())
        return guess(*heaps)

    def _put(self, *, has_answered: bool) -> None:
        throttle.forget_here()
        name = service.token(self.round_id, self.answering.id)
        with transaction():
            if has_answered:
                service.answer(self.round_id, name, value=2)
            else:
                service.take_back(self.round_id, name)


def _best(client: AuditingClient) -> float:
    """Ask for the page some times over, as an attacker can: the shortest time has the least noise."""
    return min(_timed(lambda: client.get(PAGE, audit=False)) for _ in range(AGAIN))


def _timed(act: Act) -> float:
    began = time.thread_time()
    act()
    return time.thread_time() - began


@contextmanager
def _desk() -> Iterator[Desk]:
    with tempfile.TemporaryDirectory(prefix="tunet-attack-") as name, clock.frozen(TUESDAY):
        app = create_app(Settings(folder=Path(name), database="", testing=True, base_url="http://localhost"))
        app.test_client_class = AuditingClient
        bring_up_to_date(app)
        with app.app_context():
            try:
                yield _open(app.test_client)  # type: ignore[arg-type]
            finally:
                db.session.remove()
                db.engine.dispose()


def _open(client: Callable[[], AuditingClient]) -> Desk:
    with transaction():
        people = [make_person(f"Kollega {number}") for number in range(DESK)]
        late = make_person("Lisbet Seinare")
        round_id = service.begin_round(
            opens_at=clock.now() - timedelta(days=1), closes_at=clock.now() + timedelta(days=3)
        )
        tokens = {service.token(round_id, person.id): 0 for person in people}
        service.open_round(round_id, tokens, {f"mark-{number}": 0 for number in range(DESK)})
    own, beside, not_asked = (client().sign_in(person) for person in (people[0], people[1], late))
    desk = Desk(round_id=round_id, answering=people[0], own=own, beside=beside, late=not_asked)
    for browser in (own, beside, not_asked):
        browser.get(PAGE, audit=False)  # the first page of all compiles templates
    return desk


def main() -> None:
    """Run it at full size."""
    print("\n".join(attack_pages(True)), flush=True)


if __name__ == "__main__":
    main()
