"""Erasing, step by step, and what the house itself holds about people."""

from __future__ import annotations

from portal.blueprints.privacy.service import erasures
from portal.core import db
from portal.core.jobs import Steps, job


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
