"""Reading the warnings that stand on answers. Never who gave them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ScalarSelect, func, or_, select

from portal.blueprints.questions.models.marks import Verdict
from portal.blueprints.questions.models.posts import Answer, Question
from portal.blueprints.questions.queries.threads import Thread
from portal.blueprints.questions.rules import marks as rules
from portal.blueprints.questions.rules.marks import Kind
from portal.core.db import db
from portal.core.viewer import Viewer

WARNINGS = (Kind.OUTDATED, Kind.DANGEROUS)


@dataclass(frozen=True, kw_only=True)
class Warned:
    """One warning of an answer, as a reader sees it."""

    kind: Kind
    reason: str
    since: datetime
    is_mended: bool  # the answer has been changed since
    is_mine: bool


@dataclass(frozen=True, kw_only=True)
class Standing:
    """The warnings of one answer that nobody has settled."""

    warnings: Sequence[Warned] = ()

    @property
    def worst(self) -> Kind | None:
        """Give the gravest."""
        return rules.worst(each.kind for each in self.warnings)

    @property
    def is_mended(self) -> bool:
        """Tell whether the answer has been changed after every warning."""
        return bool(self.warnings) and all(each.is_mended for each in self.warnings)

    def mine(self, kind: Kind | str) -> Warned | None:
        """Find the viewer's own."""
        return next((each for each in self.warnings if each.is_mine and each.kind == kind), None)


NONE = Standing()


def standings(viewer: Viewer, thread: Thread) -> Mapping[int, Standing]:
    """Give the warnings of the answers that are shown, by their ids; no query where there are none."""
    ids = [answer.id for answer in thread.answers if any(thread.mark(kind, answer.id).count for kind in WARNINGS)]
    if not ids:
        return {}
    versions = {answer.id: answer.version for answer in thread.answers}
    query = select(Verdict).where(Verdict.answer_id.in_(ids), Verdict.kind.in_(WARNINGS), Verdict.settled_at.is_(None))
    found: dict[int, list[Warned]] = {}
    for verdict in db.session.scalars(query.order_by(Verdict.created_at.desc())):
        warned = Warned(
            kind=Kind(verdict.kind),
            reason=verdict.reason,
            since=verdict.created_at,
            is_mended=rules.is_mended(tried=verdict.answer_version, version=versions[verdict.answer_id]),
            is_mine=verdict.person_id == viewer.id,
        )
        found.setdefault(verdict.answer_id, []).append(warned)
    return {answer_id: Standing(warnings=warnings) for answer_id, warnings in found.items()}


def find_own(viewer: Viewer, answer: Answer, kind: Kind) -> Verdict | None:
    """Find what the viewer has said of an answer."""
    return db.session.get(Verdict, (answer.id, viewer.id, kind))


def worst_column() -> ScalarSelect[str]:
    """Give the gravest warning as a column of a query for questions: of what solved it, else of any answer."""
    counts = or_(Question.accepted_answer_id.is_(None), Question.accepted_answer_id == Answer.id)
    standing = (
        select(func.min(Verdict.kind))  # dangerous comes before outdated in the alphabet too
        .join(Answer, Answer.id == Verdict.answer_id)
        .where(Answer.question_id == Question.id, Answer.is_hidden.is_(False), counts)
        .where(Verdict.kind.in_(WARNINGS), Verdict.settled_at.is_(None))
    )
    return standing.correlate(Question).scalar_subquery()


def worst_of(_viewer: Viewer, question_ids: Sequence[int]) -> dict[int, Kind]:
    """Give the gravest warning of each of these questions, for lists: of what solved it, else of any answer."""
    if not question_ids:
        return {}
    warned = worst_column().label("warned")
    query = select(Question.id, warned).where(Question.id.in_(question_ids))
    return {question_id: Kind(kind) for question_id, kind in db.session.execute(query) if kind}
