"""Flags from anybody, and what comes of them.

Patient data is urgent: the post goes out of sight at once for all but its author and those who keep order, and comes
back with one press if it was nothing. Nobody is told whose flag it was.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from portal.blueprints.questions.facts import Flagged, Settled
from portal.blueprints.questions.models.flags import Flag
from portal.blueprints.questions.models.posts import Answer, Comment, Post, Question
from portal.blueprints.questions.queries import duplicates, flags, threads
from portal.blueprints.questions.rules import order as rules
from portal.blueprints.questions.rules.order import Outcome, Reason, reference
from portal.blueprints.questions.service import duplicates as merging
from portal.blueprints.questions.service import moderation, transfers
from portal.core import audit, clock, live, patient_data, privacy, throttle
from portal.core.db import db
from portal.core.errors import Conflict, Invalid, NotFound
from portal.core.facts import record
from portal.core.i18n import N_
from portal.core.viewer import Viewer

FLAGGED_ALREADY = N_("You have flagged this already. Those who keep order will look at it.")


def flag(viewer: Viewer, post: Post, *, reason: Reason, note: str = "") -> Flag:
    """Ask those who keep order to look at a post; patient data goes out of sight at once."""
    _bound(viewer)
    thread = post if isinstance(post, Question) else post.question
    transfers.lock(thread.id)
    db.session.refresh(post)
    # What is wrong may be told in the words that are wrong: a line is masked rather than refused.
    made = _add(viewer, post, reason=reason, note=patient_data.masked(note))
    if rules.hides(reason, left_at=flags.left_at(post), changed_at=_changed_at(post)) and not post.is_hidden:
        made.has_hidden = True
        moderation.put_out_of_sight(post, hidden=True)
        # Without who flagged it: those who read the log may be the ones who wrote the post.
        audit.note(None, f"questions.flag_hides_{post.__tablename__}", id=post.id)
    _tell(made, viewer)
    return made


def suggest(viewer: Viewer, question_id: int, *, original_id: int | None = None, number: str = "") -> Flag:
    """Suggest that a question was asked before. The asker, or somebody who keeps order, says whether it is so."""
    _bound(viewer)
    question = threads.get_question(viewer, question_id)
    transfers.lock(question.id)
    if question.is_duplicate:
        raise Conflict(merging.MARKED_ALREADY)
    article = rules.article_number(number)
    if original_id is not None:
        threads.get_question(viewer, original_id)
        if duplicates.end_of(original_id) == question.id:
            raise Invalid(N_("That question leads back to this one."), field="original")
    elif not article:
        raise Invalid(N_("Write the number of an article, such as KB10482."), field="original")
    # Beside a flag of one's own: who finds a question unkind may also know where it was asked before.
    made = _add(viewer, question, reason=Reason.DUPLICATE, note="", name=reference("suggestion", question.id))
    made.suggested_id, made.suggested_article = original_id, article
    _tell(made, viewer)
    return made


def decide(viewer: Viewer, question_id: int, flag_id: int, *, accepted: bool) -> None:
    """Say whether a suggested duplicate is one: the asker, and those who may mark it, with one press."""
    transfers.alone()
    question = threads.get_question(viewer, question_id)
    found = flags.get_flag(flag_id)
    if found.question_id != question.id or found.reason != Reason.DUPLICATE:
        raise NotFound(N_("We cannot find that flag."))
    merging.must_be_allowed(viewer, question)
    if found.settled_at is not None:
        return
    if accepted and found.suggested_id is not None:
        merging.mark(viewer, question.id, original_id=found.suggested_id)
    elif accepted:
        merging.mark_article(viewer, question.id, number=found.suggested_article)
    same = flags.alike(found)
    settled = same if accepted else [each for each in same if _suggests(each) == _suggests(found)]
    for each in settled:
        _settle(viewer, each, Outcome.ACTED if accepted else Outcome.LEFT)


def settle(viewer: Viewer, flag_id: int, *, outcome: Outcome) -> None:
    """Say that somebody has looked: something was done, or the post stands. Flags of the same post are settled with it.

    A post that a flag took out of sight comes back when it stands; hidden it stays when something was done.
    """
    moderation.must_keep_order(viewer)
    found = flags.get_flag(flag_id)
    post = found.flagged
    transfers.lock(found.thread.id)
    db.session.refresh(found)
    if found.settled_at is not None:
        return
    same = flags.alike(found)
    if outcome is Outcome.LEFT and any(each.has_hidden for each in same):
        moderation.put_out_of_sight(post, hidden=False)
    for each in same:
        _settle(viewer, each, outcome)
    post_id: dict[str, Any] = {f"{post.__tablename__}_id": post.id}
    audit.note(viewer.id, f"questions.settle_{outcome}", flag_id=found.id, **post_id)


def expire() -> None:
    """Forget flags that were settled long ago."""
    db.session.execute(delete(Flag).where(Flag.settled_at < clock.now() - rules.FLAGS_STAY))


def erase(person_id: int) -> None:
    """Forget what somebody has flagged. A post that is out of sight stays so until somebody has looked."""
    db.session.execute(delete(Flag).where(Flag.person_id == person_id))


def _bound(viewer: Viewer) -> None:
    throttle.hit("questions.flag", str(viewer.id), limit=rules.FLAGS_PER_HOUR, per=timedelta(hours=1))


def _add(viewer: Viewer, post: Post, *, reason: Reason, note: str, name: str = "") -> Flag:
    name, note = name or flags.name_of(post), note[: rules.NOTE_LONGEST]
    made = Flag(person_id=viewer.id, post=name, reason=reason, note=note)
    made.question = post if isinstance(post, Question) else None
    made.answer = post if isinstance(post, Answer) else None
    made.comment = post if isinstance(post, Comment) else None
    try:
        with db.session.begin_nested():
            db.session.add(made)
    except IntegrityError:
        raise Conflict(FLAGGED_ALREADY) from None
    return made


def _changed_at(post: Post) -> datetime | None:
    """Give when the words changed last, at the latest: without a name only the hour is known."""
    return post.changed_at + timedelta(hours=1) if post.changed_at and post.is_anonymous else post.changed_at


def _tell(made: Flag, viewer: Viewer) -> None:
    db.session.flush()
    record(Flagged(flag_id=made.id, by_id=viewer.id))
    live.publish(f"question-{made.thread.id}")


def _settle(viewer: Viewer, each: Flag, outcome: Outcome) -> None:
    each.settled_at, each.outcome, each.note = clock.now(), outcome, ""
    record(Settled(flag_id=each.id, by_id=viewer.id))


def _suggests(each: Flag) -> tuple[int | None, str]:
    return each.suggested_id, each.suggested_article


privacy.register(
    "questions",
    what=N_("Flags: the posts that you asked those who keep order to look at, and your line about them"),
    seen_by=N_("Those who keep order see the flag, and nobody sees whose it is"),
    kept=N_("The line until somebody has looked, the flag for 180 days after that"),
    tables=("flag",),
    export=flags.export_flags,
    erase=erase,
)
