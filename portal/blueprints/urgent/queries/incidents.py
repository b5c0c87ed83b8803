"""Reading big incidents: what goes on now, what is over, and what colleagues raise their hands about together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import joinedload

from portal.blueprints.people.models import Face
from portal.blueprints.questions.models.posts import Comment, Question
from portal.blueprints.questions.models.tags import Tag
from portal.blueprints.questions.queries.rows import Label
from portal.blueprints.urgent.models.calls import HelpCall
from portal.blueprints.urgent.models.incidents import Affected, Incident, IncidentWord
from portal.blueprints.urgent.rules import incidents as rules
from portal.blueprints.urgent.rules.calls import Ending
from portal.blueprints.urgent.rules.incidents import Crowd, Hand
from portal.core import clock, markdown
from portal.core.db import db
from portal.core.errors import NotFound
from portal.core.i18n import N_
from portal.core.paging import Page, keyset
from portal.core.viewer import Viewer

WORDS = 3  # of the newest, in the head of its thread
FIRST_WORDS = 200  # letters of the question, until somebody has said how it goes


@dataclass(frozen=True, kw_only=True)
class Banner:
    """What everybody is told of an incident that is open."""

    id: int
    question_id: int
    headline: str
    tag: Label | None
    words: str
    opened_at: datetime
    said_at: datetime
    next_word_at: datetime | None
    crowd: Crowd = field(default_factory=Crowd)

    @property
    def signature(self) -> str:
        """Name it and its newest word."""
        return rules.signature(self.id, self.said_at)


@dataclass(frozen=True, kw_only=True)
class Said:
    """One thing that was said of how it goes."""

    comment_id: int
    words: str
    author: Face | None
    said_at: datetime


@dataclass(frozen=True, kw_only=True)
class Together:
    """A system that several colleagues have raised a hand about just now."""

    tag: Label
    asker_ids: frozenset[int]


def open_now() -> Sequence[Banner]:
    """Give what goes on now, the newest word first, in one statement. What is out of sight is not there."""
    return [_banner(row) for row in db.session.execute(_open().order_by(Incident.said_at.desc(), Incident.id.desc()))]


def _open() -> Select[Any]:
    crowd = select(func.count()).where(Affected.incident_id == Incident.id).scalar_subquery()
    newest = _words(Incident.id).with_only_columns(Comment.body).limit(1).scalar_subquery()
    return (
        select(Incident, Tag, newest.label("newest"), Question.body, crowd.label("crowd"))
        .join(Question, Question.id == Incident.question_id)
        .outerjoin(Tag, Tag.id == Incident.tag_id)
        .where(Incident.closed_at.is_(None), Question.is_hidden.is_(False))
        .execution_options(populate_existing=True)
    )


def _words(incident_id: Any) -> Select[Comment]:
    """Choose the words of an incident that everybody may read, the newest first."""
    words = select(Comment).join(IncidentWord, IncidentWord.comment_id == Comment.id)
    return words.where(IncidentWord.incident_id == incident_id, Comment.is_hidden.is_(False)).order_by(
        Comment.id.desc()
    )


def _banner(row: Row[Any]) -> Banner:
    incident: Incident = row.Incident
    return Banner(
        id=incident.id,
        question_id=incident.question_id,
        headline=incident.headline,
        tag=_label(row.Tag),
        words=row.newest or markdown.excerpt(row.body, FIRST_WORDS),
        opened_at=incident.created_at,
        said_at=incident.said_at,
        next_word_at=incident.next_word_at,
        crowd=rules.crowd(row.crowd),
    )


def _label(tag: Tag | None) -> Label | None:
    if tag is None:
        return None
    return Label(**{name: getattr(tag, name) for name in ("id", "slug", "name_nn", "name_nb", "name_en", "color")})


def said(incident_id: int) -> Sequence[Said]:
    """Give the newest of what was said of an incident."""
    rows = db.session.scalars(_words(incident_id).options(joinedload(Comment.author)).limit(WORDS))
    return [Said(comment_id=row.id, words=row.body, author=_face(row), said_at=row.created_at) for row in rows]


def _face(comment: Comment) -> Face | None:
    return Face(id=comment.author.id, name=comment.author.name) if comment.author else None


def together_now() -> Sequence[Together]:
    """Give what several have raised a hand about just now and no open incident is about. For hints, not for lists."""
    hands = raised_lately()
    crowded = rules.raised_together(hands, clock.now())
    if not crowded:
        return ()
    known = select(Incident.tag_id).where(Incident.closed_at.is_(None), Incident.tag_id.is_not(None))
    tags = db.session.scalars(select(Tag).where(Tag.id.in_(crowded), Tag.id.not_in(known)).order_by(Tag.id))
    return [Together(tag=label, asker_ids=crowded[tag.id]) for tag in tags if (label := _label(tag))]


def raised_lately() -> Sequence[Hand]:
    """Give the hands of the last minutes that were about something, apart from those taken down again."""
    rows = db.session.execute(
        select(HelpCall.tag_id, HelpCall.asker_id, HelpCall.created_at).where(
            HelpCall.tag_id.is_not(None),
            HelpCall.created_at >= clock.now() - rules.TOGETHER,
            func.coalesce(HelpCall.ending, "") != Ending.CANCELLED,
        )
    )
    return [Hand(tag_id=row.tag_id, asker_id=row.asker_id, raised_at=row.created_at) for row in rows]


def get_incident(viewer: Viewer, incident_id: int) -> Incident:
    """Give an incident whose thread the viewer may see."""
    incident = db.session.get(Incident, incident_id, populate_existing=True)
    if incident is None or (incident.question.is_hidden and not viewer.may("questions.moderate")):
        raise NotFound(N_("We cannot find that incident."))
    return incident


def find_newest(question_id: int) -> Incident | None:
    """Find the incident of a thread: the one that is open, or the last one there was."""
    newest = (Incident.closed_at.is_not(None), Incident.id.desc())
    shown = (joinedload(Incident.opened_by), joinedload(Incident.tag))
    query = select(Incident).where(Incident.question_id == question_id).order_by(*newest).options(*shown)
    return db.session.scalars(query.limit(1)).first()


def threads_of_all() -> frozenset[int]:
    """Give the ids of the questions that are or were an incident."""
    return frozenset(db.session.scalars(select(Incident.question_id)))


def find_open_about(tag_id: int | None) -> Incident | None:
    """Find an open incident about a system; the newest, if there are several."""
    if tag_id is None:
        return None
    seen = select(Incident).join(Question).where(Incident.closed_at.is_(None), Question.is_hidden.is_(False))
    return db.session.scalars(seen.where(Incident.tag_id == tag_id).order_by(Incident.id.desc()).limit(1)).first()


def followed_by(viewer: Viewer) -> frozenset[int]:
    """Give the ids of the incidents that the viewer follows along."""
    return frozenset(db.session.scalars(select(Affected.incident_id).where(Affected.person_id == viewer.id)))


def affected(incident_id: int) -> Sequence[int]:
    """Give the ids of those who follow along. For notices, never for showing."""
    return db.session.scalars(select(Affected.person_id).where(Affected.incident_id == incident_id)).all()


def past(viewer: Viewer, *, cursor: str | None, size: int = 20) -> Page[Incident]:
    """Give the incidents that are over, the newest first."""
    query = select(Incident).join(Question).where(Incident.closed_at.is_not(None))
    if not viewer.may("questions.moderate"):
        query = query.where(Question.is_hidden.is_(False))
    return keyset(query.options(joinedload(Incident.tag)), Incident.id, cursor=cursor, size=size)


def quiet_ones() -> Sequence[Incident]:
    """Give the open incidents of which nothing has been said for hours."""
    old = Incident.said_at <= clock.now() - rules.QUIET_AFTER
    return db.session.scalars(select(Incident).where(Incident.closed_at.is_(None), old).order_by(Incident.id)).all()


def export(person_id: int) -> dict[str, Any]:
    """Give what is held of a person and incidents."""
    following = select(Incident.headline, Affected.since).join(Affected).where(Affected.person_id == person_id)
    opened = select(Incident.headline, Incident.created_at).where(Incident.opened_by_id == person_id)
    return {
        "incidents_followed": [
            {"headline": row.headline, "since": row.since.isoformat()} for row in db.session.execute(following)
        ],
        "incidents_opened": [
            {"headline": row.headline, "at": row.created_at.isoformat()}
            for row in db.session.execute(opened.order_by(Incident.id))
        ],
    }
