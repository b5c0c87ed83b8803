"""Opening a big incident, saying how it goes, and closing it. Every act is in the audit log, by ids."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError

from portal.blueprints.questions.models.posts import Comment, Question
from portal.blueprints.questions.models.tags import Tag
from portal.blueprints.questions.queries import tags, threads
from portal.blueprints.questions.service import asking, commenting, posting
from portal.blueprints.urgent.facts import IncidentOpened, IncidentOver, IncidentQuiet, IncidentTold
from portal.blueprints.urgent.models.incidents import Affected, Incident, IncidentWord
from portal.blueprints.urgent.queries import banners
from portal.blueprints.urgent.queries import calls as reading_calls
from portal.blueprints.urgent.queries import incidents as reading
from portal.blueprints.urgent.rules import incidents as rules
from portal.core import audit, clock, live
from portal.core.db import after_commit, db, is_sqlite
from portal.core.errors import Conflict, Invalid, NotAllowed
from portal.core.facts import record
from portal.core.i18n import N_
from portal.core.viewer import Viewer

ONE_AT_A_TIME = 7_361_940_258  # a number of our own among PostgreSQL's advisory locks
IS_OVER = N_("This incident is over. Open it again if it is not.")


class AlreadyOpen(Conflict):
    """There is one about the same system already: follow that one, or say that this is another."""

    def __init__(self, incident: Incident) -> None:
        super().__init__(N_("There is an open incident about the same system: «%(title)s»."), title=incident.headline)
        self.incident_id = incident.id


def may_lead(viewer: Viewer, incident: Incident) -> bool:
    """Tell whether the viewer may say how it goes, and close it."""
    return rules.may_lead(is_opener=incident.opened_by_id == viewer.id, has_permission=viewer.may(rules.PERMISSION))


def open_from_question(
    viewer: Viewer, question_id: int, *, headline: str = "", accepts: bool = False, is_another: bool = False
) -> Incident:
    """Make a question a big incident. One that is open already is that one."""
    _alone()
    question = threads.get_question(viewer, question_id, for_update=True)
    known = _find_open(question)
    if known:
        return known
    posting.must_be_open(viewer, question)
    headline = _headline(headline or question.title, accepts=accepts)
    about = question.tags[0] if question.tags else None
    _must_be_another(about, is_another=is_another)
    return _open(viewer, question, headline=headline, about=about)


def open_afresh(
    viewer: Viewer,
    *,
    headline: str,
    words: str = "",
    tag: str = "",
    key: str | None = None,
    accepts: bool = False,
    is_another: bool = False,
) -> Incident:
    """Open a big incident that nobody has asked about: its thread is made with it. The same form sent twice is one."""
    _alone()
    sent_before = posting.find_sent(Question, viewer, key)
    opened = reading.find_newest(sent_before.id) if sent_before else None
    if opened:
        return opened
    headline = _headline(headline, accepts=accepts)
    words = posting.checked(words.strip(), field="words", accepts=accepts)
    about = next(iter(tags.tags_by_slug([tag])), None) if tag else None
    _must_be_another(about, is_another=is_another)
    slugs = [about.slug] if about else []
    question = asking.ask(viewer, title=headline, body=words, tags=slugs, key=key, accepts=accepts)
    return _open(viewer, question, headline=headline, about=about)


def open_from_call(
    viewer: Viewer,
    call_id: int,
    *,
    headline: str,
    words: str = "",
    key: str | None = None,
    accepts: bool = False,
    is_another: bool = False,
) -> Incident:
    """Open a big incident about what a call is about. The words of the call stay with the call, and are forgotten."""
    call = reading_calls.get_call(viewer, call_id)
    slug = call.tag.slug if call.tag else ""
    return open_afresh(
        viewer, headline=headline, words=words, tag=slug, key=key, accepts=accepts, is_another=is_another
    )


def say(
    viewer: Viewer,
    incident_id: int,
    *,
    words: str,
    next_word_in: int | None = None,
    key: str | None = None,
    accepts: bool = False,
) -> Incident:
    """Say how it goes, and perhaps in how many minutes one says more. The same form sent twice is said once."""
    incident = _get_to_change(viewer, incident_id)
    if posting.find_sent(Comment, viewer, key):
        return incident
    _must_be_going_on(incident)
    _write(viewer, incident, words, key=key, accepts=accepts)
    incident.said_at = clock.now()
    incident.next_word_at = clock.now() + timedelta(minutes=next_word_in) if next_word_in else None
    audit.note(viewer.id, "urgent.say_of_incident", incident_id=incident.id)
    record(IncidentTold(incident_id=incident.id, by_id=viewer.id))
    tell()
    return incident


def head(viewer: Viewer, incident_id: int, *, headline: str, accepts: bool = False) -> Incident:
    """Give an incident another headline. That of its thread stays what it was."""
    incident = _get_to_change(viewer, incident_id)
    headline = _headline(headline, accepts=accepts)
    if headline != incident.headline:
        incident.headline = headline
        audit.note(viewer.id, "urgent.head_incident", incident_id=incident.id)
        tell()
        posting.publish(incident.question)
    return incident


def close(
    viewer: Viewer, incident_id: int, *, words: str = "", key: str | None = None, accepts: bool = False
) -> Incident:
    """Say that it is over, perhaps with a last word. Who was hit by it is forgotten when all have been told."""
    incident = _get_to_change(viewer, incident_id)
    if incident.closed_at is not None:
        return incident
    if words.strip():
        _write(viewer, incident, words, key=key, accepts=accepts)
    incident.closed_at = incident.said_at = clock.now()
    incident.next_word_at = None
    db.session.flush()
    audit.note(viewer.id, "urgent.close_incident", incident_id=incident.id)
    record(IncidentOver(incident_id=incident.id, by_id=viewer.id))
    db.session.execute(delete(Affected).where(Affected.incident_id == incident.id))
    tell()
    posting.publish(incident.question)
    return incident


def reopen(viewer: Viewer, incident_id: int) -> Incident:
    """Say that it is not over after all."""
    incident = _get_to_change(viewer, incident_id)
    if incident.closed_at is None:
        return incident
    if _find_open(incident.question):
        raise Conflict(N_("The thread has an open incident already."))
    incident.closed_at, incident.said_at = None, clock.now()
    db.session.flush()
    audit.note(viewer.id, "urgent.reopen_incident", incident_id=incident.id)
    record(IncidentOpened(incident_id=incident.id, by_id=viewer.id))
    tell()
    posting.publish(incident.question)
    return incident


def ask_of_quiet_ones() -> None:
    """Have those asked who lead an incident of which nothing has been said for hours. Nothing closes by itself."""
    for incident in reading.quiet_ones():
        record(IncidentQuiet(incident_id=incident.id))


def tell() -> None:
    """Let every page look again at what goes on: here at once, and in the other processes as soon as they hear."""
    live.publish(banners.TOPIC)
    after_commit(banners.forget)


def redact(question_id: int) -> None:
    """Take a headline back to that of its thread, out of which words were taken just now."""
    question = db.session.get_one(Question, question_id)
    found: Sequence[Incident] = db.session.scalars(select(Incident).where(Incident.question_id == question_id)).all()
    for incident in found:
        incident.headline = question.title
    if found:
        tell()


def _open(viewer: Viewer, question: Question, *, headline: str, about: Tag | None) -> Incident:
    opened = Incident(
        question_id=question.id,
        tag_id=about.id if about else None,
        headline=headline,
        said_at=clock.now(),
        opened_by_id=viewer.id,
    )
    try:
        with db.session.begin_nested():
            db.session.add(opened)
    except IntegrityError:
        known = _find_open(question)
        if known is None:
            raise
        return known
    audit.note(viewer.id, "urgent.open_incident", incident_id=opened.id)
    record(IncidentOpened(incident_id=opened.id, by_id=viewer.id))
    tell()
    posting.publish(question)
    return opened


def _write(viewer: Viewer, incident: Incident, words: str, *, key: str | None, accepts: bool) -> None:
    """Write it in the thread, as a comment: short, dated, theirs to mend, and no answer that waits for thanks."""
    words = words.strip()
    if len(words) > rules.WORDS_LONGEST:
        raise Invalid(N_("Write it in 300 letters at most. The rest belongs in the thread."), field="words")
    try:
        written = commenting.comment(
            viewer, incident.question_id, body=words, key=key, accepts=accepts, is_told_apart=True
        )
    except Invalid as error:
        error.field = "words"
        raise
    db.session.add(IncidentWord(comment_id=written.id, incident_id=incident.id))
    db.session.flush()


def lock(viewer: Viewer, incident_id: int) -> Incident:
    """Give an incident as it is now, for a change; its thread and it are locked, in this order everywhere."""
    incident = reading.get_incident(viewer, incident_id)
    threads.get_question(viewer, incident.question_id, for_update=True)
    locked = select(Incident).where(Incident.id == incident_id).with_for_update(of=Incident)
    return db.session.scalars(locked, execution_options={"populate_existing": True}).one()


def _get_to_change(viewer: Viewer, incident_id: int) -> Incident:
    incident = lock(viewer, incident_id)
    if not may_lead(viewer, incident):
        raise NotAllowed(N_("Only the one who opened it, organisers and administrators can do that."))
    return incident


def _must_be_going_on(incident: Incident) -> None:
    if incident.closed_at is not None:
        raise Conflict(IS_OVER)


def _find_open(question: Question) -> Incident | None:
    query = select(Incident).where(Incident.question_id == question.id, Incident.closed_at.is_(None))
    return db.session.scalar(query)


def _must_be_another(about: Tag | None, *, is_another: bool) -> None:
    known = reading.find_open_about(about.id if about else None)
    if known and not is_another:
        raise AlreadyOpen(known)


def _headline(written: str, *, accepts: bool) -> str:
    headline = posting.checked(written.strip(), field="headline", accepts=accepts)
    if not headline:
        raise Invalid(N_("Write in a few words what is going on."), field="headline")
    return headline[: rules.HEADLINE_LONGEST]


def _alone() -> None:
    """Open one at a time: of two about the same system, the second sees the first."""
    if not is_sqlite():  # SQLite has one writer anyway
        db.session.execute(select(func.pg_advisory_xact_lock(ONE_AT_A_TIME)))
