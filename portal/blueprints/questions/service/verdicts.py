"""Saying how an answer did in everyday use: it worked, it is out of date, it is dangerous. Once each, and undone."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Select, delete, select

from portal.blueprints.questions.facts import Marked, Mended
from portal.blueprints.questions.models.marks import Verdict
from portal.blueprints.questions.models.posts import Answer
from portal.blueprints.questions.queries import authors, threads
from portal.blueprints.questions.rules import marks as rules
from portal.blueprints.questions.rules.marks import Kind
from portal.blueprints.questions.service import marks, moderation, posting
from portal.core import audit, clock, live, privacy
from portal.core.db import db
from portal.core.errors import Invalid, NotAllowed, NotFound
from portal.core.facts import record
from portal.core.i18n import N_
from portal.core.viewer import Viewer

WARNINGS = (Kind.OUTDATED, Kind.DANGEROUS)


def say(
    viewer: Viewer, question_id: int, answer_id: int, *, kind: Kind, reason: str = "", accepts: bool = False
) -> None:
    """Say how an answer did. Said again it is newer, with the newest reason; its author hears of a warning once."""
    answer = threads.get_answer(viewer, question_id, answer_id)
    if not rules.may_say(kind, is_author=authors.is_author(viewer, answer)):
        raise NotAllowed(N_("Whether it works is for others to say."))
    verdict = Verdict(answer_id=answer.id, person_id=viewer.id, kind=kind)
    verdict.reason = _checked(reason, accepts=accepts) if rules.needs_reason(kind) else ""
    verdict.answer_version, verdict.created_at = answer.version, clock.now()
    posting.bound(viewer)
    if not marks.add_mark(verdict):
        _say_again(verdict)
    if kind in WARNINGS:
        record(Marked(question_id=question_id, answer_id=answer.id, kind=kind, by_id=viewer.id))
    _publish(question_id)


def _say_again(newer: Verdict) -> None:
    key = (newer.answer_id, newer.person_id, newer.kind)
    kept = db.session.get_one(Verdict, key, populate_existing=True)
    kept.reason, kept.answer_version, kept.created_at = newer.reason, newer.answer_version, newer.created_at
    kept.settled_at = None


def take_back(viewer: Viewer, question_id: int, answer_id: int, *, kind: Kind) -> None:
    """Take one's own mark back."""
    answer = threads.get_answer(viewer, question_id, answer_id)
    verdict = _find(viewer, answer, kind)
    if verdict is not None:
        db.session.delete(verdict)
    _publish(question_id)


def uphold(viewer: Viewer, question_id: int, answer_id: int, *, kind: Kind) -> None:
    """Say that one has looked again at an answer that was changed, and that one's warning still holds."""
    answer = threads.get_answer(viewer, question_id, answer_id)
    verdict = _find(viewer, answer, kind)
    if verdict is None:
        raise NotFound(N_("You have not marked this answer."))
    verdict.answer_version, verdict.created_at, verdict.settled_at = answer.version, clock.now(), None
    _publish(question_id)


def settle(viewer: Viewer, question_id: int, answer_id: int) -> None:
    """Say, as one who keeps order, that the warnings of an answer no longer hold. They can be given again."""
    moderation.must_keep_order(viewer)
    answer = threads.get_answer(viewer, question_id, answer_id)
    for verdict in _warnings(answer):
        verdict.settled_at = clock.now()
    audit.note(viewer.id, "questions.settle_warnings", answer_id=answer.id)
    _publish(question_id)


def ask_to_look_again(viewer: Viewer, answer: Answer) -> None:
    """Ask those who warned of an answer to look again, now that it has been changed. Called by what changes it."""
    if any(rules.is_mended(tried=each.answer_version, version=answer.version) for each in _warnings(answer)):
        record(Mended(question_id=answer.question_id, answer_id=answer.id, by_id=viewer.id))


def who_warned(answer_id: int) -> Sequence[int]:
    """Give the ids of those whose warning of an answer stands. For notices, not for showing."""
    return [each.person_id for each in db.session.scalars(_standing(answer_id))]


def _warnings(answer: Answer) -> Sequence[Verdict]:
    return db.session.scalars(_standing(answer.id)).all()


def _standing(answer_id: int) -> Select[Verdict]:
    return select(Verdict).where(
        Verdict.answer_id == answer_id, Verdict.kind.in_(WARNINGS), Verdict.settled_at.is_(None)
    )


def _find(viewer: Viewer, answer: Answer, kind: Kind) -> Verdict | None:
    return db.session.get(Verdict, (answer.id, viewer.id, kind))


def _checked(reason: str, *, accepts: bool) -> str:
    reason = posting.checked(reason, field="reason", accepts=accepts)
    if not reason:
        raise Invalid(N_("Say why in a few words, so that the others know what to look out for."), field="reason")
    return reason


def _publish(question_id: int) -> None:
    live.publish("questions")
    live.publish(f"question-{question_id}")


def _export(person_id: int) -> list[dict[str, object]]:
    verdicts = select(Verdict).where(Verdict.person_id == person_id).order_by(Verdict.created_at)
    return [
        {
            "answer": each.answer_id,
            "says": str(each.kind),
            "reason": each.reason,
            "at": each.created_at.isoformat(),
        }
        for each in db.session.scalars(verdicts)
    ]


def _erase(person_id: int) -> None:
    db.session.execute(delete(Verdict).where(Verdict.person_id == person_id))


privacy.register(
    "questions",
    what=N_("Marks on answers"),
    seen_by=N_("Everybody sees how many and the reasons, and nobody who gave them."),
    kept=N_("Until you take them back."),
    tables=("verdict",),
    export=_export,
    erase=_erase,
)
