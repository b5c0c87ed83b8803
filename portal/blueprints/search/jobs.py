"""Keep the index fresh by night, and fold it anew when the rules have changed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time, timedelta
from functools import partial
from typing import TypeVar

from portal.blueprints.search import queries, service
from portal.core import privacy
from portal.core.db import db
from portal.core.i18n import N_
from portal.core.jobs import Later, Steps, daily, every, job

CHANGED_BY = 0.1
"""The share of new documents that makes the vocabulary worth counting by day."""

LIKENED_AT_ONCE, TURNS = 10, 20
Read = TypeVar("Read")

privacy.register(
    "search",
    what=N_("A copy of what you have written, so that it can be found"),
    seen_by=N_("Those who may see the text itself"),
    kept=N_("As long as the text itself"),
    stays=N_("Goes with the text itself."),
    tables=("search_document", "search_likeness", "search_word"),
)


@job("search.refresh")
def refresh() -> Steps:
    """Make the whole index anew, each chunk in a transaction of its own."""
    for _chunk in service.refresh():
        yield _rest


@job("search.learn")
@daily(time(3, 10))
def learn() -> Steps:
    """Count the words of the house, split compounds by them, and clear what deletions have left behind."""
    yield from _count_and_fold()
    service.sweep()


@job("search.keep_up")
@every(timedelta(minutes=10))
def keep_up() -> Steps:
    """Fold everything anew after a change of rules, and learn the words of a house that grows quickly."""
    is_stale, counted, now = service.is_stale(), queries.vocabulary().documents, queries.count()
    if is_stale or abs(now - counted) > CHANGED_BY * max(counted, 10):
        yield from _count_and_fold()


@job("search.liken")
def liken() -> Steps:
    """Keep what new and changed texts are like; a whole house of them is taken in turns with other work."""
    for _turn in range(TURNS):
        found = yield lambda: _read_only(partial(queries.look_up_like, LIKENED_AT_ONCE))
        if not found:
            return
        service.keep_like(found)
    raise Later(timedelta(seconds=10))


def _count_and_fold() -> Steps:
    vocabulary = yield lambda: _read_only(queries.counted_words)
    service.keep_vocabulary(vocabulary)
    yield _rest
    for _chunk in service.refold():
        yield _rest


def _read_only(look: Callable[[], Read]) -> Read:
    """Look things up with no transaction open for writing: what takes seconds must not hold up who posts meanwhile."""
    try:
        return look()
    finally:
        db.session.rollback()


@job("search.sweep")
def sweep() -> None:
    """Clear what deletions have left behind."""
    service.sweep()


def _rest() -> None:
    """Do nothing between two chunks: what is yielded runs with no transaction open, so that others may write."""
