"""Erasing, step by step, and what the house itself holds about people."""

from __future__ import annotations

from portal.blueprints.privacy.service import erasures
from portal.core import db, privacy
from portal.core.i18n import N_
from portal.core.jobs import Steps, job

privacy.register(
    "privacy",
    what=N_("Work that waits to be done, such as a mail to you: numbers only"),
    seen_by=N_("Administrators see what kind of work it is, never for whom"),
    kept=N_("Two weeks after it is done"),
    stays=N_("Numbers in the list of what has been done, for two weeks."),
    tables=("job",),
)
privacy.register(
    "privacy",
    what=N_("That an account was erased, and when: a number and two moments"),
    seen_by=N_("Administrators"),
    kept=N_("As long as the house stands, as proof, and so that it is done again if an old backup is brought back"),
    stays=N_("That number and those moments."),
    tables=("erasure",),
)


@job("privacy.erase")
def erase(person_id: int) -> Steps:
    """Erase a person. Whatever it falls over, it begins anew and ends: each step may be done twice."""
    if erasures.is_to_do(person_id):
        for step in erasures.steps(person_id):
            outside = step()
            yield outside or _rest
        erasures.finish(person_id)
        yield _rest
    yield db.empty_journal


@job("privacy.empty_journal")
def empty_journal() -> Steps:
    """Empty the journal once more: the index has let go of words meanwhile."""
    yield db.empty_journal


def _rest() -> None:
    """Do nothing between two steps: what is yielded runs with no transaction open, so that others may write."""
