"""Bringing a shelf in: what it would change is worked out first, and then done whole, or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from portal.blueprints.games.models import Game
from portal.blueprints.games.queries import shelves
from portal.blueprints.games.rules import boardgamegeek, lists, shelf
from portal.blueprints.games.rules.shelf import Bad, BadGame, Entry, Fault, Reading
from portal.blueprints.games.service import shelves as own
from portal.core import patient_data
from portal.core.db import db
from portal.core.errors import Invalid
from portal.core.i18n import N_
from portal.core.viewer import Viewer


@dataclass(frozen=True, kw_only=True)
class Import:
    """What bringing a list of games in would change, and what cannot be used of it."""

    added: Sequence[Entry] = ()
    changed: Sequence[Entry] = ()
    unchanged: int = 0
    passed_over: int = 0
    bad: Sequence[Bad] = ()

    @property
    def entries(self) -> list[Entry]:
        """Give what is written when it is brought in."""
        return [*self.added, *self.changed]


def read(content: bytes) -> Reading:
    """Read a list of games in either shape; what is wrong is told line by line."""
    try:
        text = lists.decode(content)
        found = boardgamegeek.read(text) if boardgamegeek.is_xml(text) else lists.read(text)
    except BadGame as error:
        return Reading(bad=[error.bad])
    entries, bad = _checked(found.entries)
    bad = sorted([*found.bad, *bad], key=lambda each: each.line)
    if not entries and not bad:
        return Reading(bad=[Bad(line=0, fault=Fault.EMPTY)], passed_over=found.passed_over)
    return Reading(entries=entries, bad=bad, passed_over=found.passed_over)


def look(viewer: Viewer, reading: Reading) -> Import:
    """Work out what a list would change on the viewer's shelf. Nothing is ever taken away."""
    here = shelves.own_by_title(viewer.id)
    added, changed, unchanged = [], [], 0
    wanted = {entry.title: entry for _, entry in reversed(reading.entries)}  # of the same game twice, the first
    for title, entry in sorted(wanted.items()):
        known = here.get(title)
        if known is None:
            added.append(entry)
        elif (merged := _merged(known.entry, entry)) != known.entry:
            changed.append(merged)
        else:
            unchanged += 1
    return Import(
        added=added,
        changed=changed,
        unchanged=unchanged,
        passed_over=reading.passed_over + len(reading.entries) - len(wanted),
        bad=reading.bad,
    )


def carry_out(viewer: Viewer, entries: Iterable[Entry]) -> int:
    """Put the games on the viewer's shelf, all of them; give how many."""
    here = shelves.own_by_title(viewer.id)
    written = {entry.title: own.checked(entry) for entry in entries}
    if len(here | written) > shelf.MOST_GAMES:
        raise Invalid(N_("The shelf is full: 2000 games at most."))
    for title, entry in written.items():
        game = here.get(title) or Game(owner_id=viewer.id)
        game.become(entry)
        db.session.add(game)
    db.session.flush()
    return len(written)


def export(viewer: Viewer) -> str:
    """Write the viewer's shelf as a table that can be brought in again."""
    return lists.write(game.entry for game in shelves.own_games(viewer.id))


def _checked(found: Sequence[tuple[int, Entry]]) -> tuple[list[tuple[int, Entry]], list[Bad]]:
    entries, bad = [], []
    for line, each in found:
        entry = own.tidied(each)
        fault = shelf.fault_of(entry) or _patient(entry)
        if fault:
            bad.append(Bad(line=line, fault=fault))
        else:
            entries.append((line, entry))
    return entries, bad


def _patient(entry: Entry) -> Fault | None:
    try:
        patient_data.check(f"{entry.name}\n{entry.notes}")
    except patient_data.PatientData:
        return Fault.PATIENT
    return None


def _merged(known: Entry, entry: Entry) -> Entry:
    """Keep what is known where the list says nothing of it: BoardGameGeek knows no notes of ours."""
    return replace(
        entry,
        players_best=entry.players_best or _still_fits(known.players_best, entry),
        minutes=entry.minutes or known.minutes,
        language=entry.language or known.language,
        rules_url=entry.rules_url or known.rules_url,
        notes=entry.notes or known.notes,
    )


def _still_fits(best: int | None, entry: Entry) -> int | None:
    return best if best and entry.players_min <= best <= entry.players_max else None
