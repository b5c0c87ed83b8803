"""Following a subject, or what a colleague is good at. Nobody is shown who follows what."""

from __future__ import annotations

from sqlalchemy import delete, or_

from portal.blueprints.people import queries as people
from portal.blueprints.questions.models.finding import OpenTopics, TagFollowing, TopicFollowing
from portal.blueprints.questions.queries import following
from portal.blueprints.questions.queries import tags as known_tags
from portal.blueprints.questions.service import marks
from portal.core import privacy
from portal.core.db import db
from portal.core.errors import Conflict, NotFound
from portal.core.i18n import N_
from portal.core.viewer import Viewer


def choose_tag(viewer: Viewer, tag_id: int, *, wanted: bool) -> None:
    """Hear, or no longer hear, of new questions about a tag."""
    tag = known_tags.get_tag(tag_id)
    if wanted:
        marks.add_mark(TagFollowing(tag_id=tag.id, person_id=viewer.id))
    else:
        marks.remove_mark(TagFollowing, tag.id, viewer)


def choose_topics(viewer: Viewer, of_id: int, *, wanted: bool) -> None:
    """Hear, or no longer hear, of new questions about what a colleague has said they know."""
    person = people.get_person(of_id)
    if not wanted:
        marks.remove_mark(TopicFollowing, person.id, viewer)
        return
    if person.id == viewer.id:
        raise Conflict(N_("These are your own subjects."))
    if not following.has_open_topics(person.id):
        raise NotFound(N_("There is nothing to follow here."))
    if not person.is_active:
        raise Conflict(N_("%(name)s no longer works at the desk."), name=person.first_name)
    marks.add_mark(TopicFollowing(of_id=person.id, person_id=viewer.id))


def open_topics(viewer: Viewer, *, wanted: bool) -> None:
    """Let the others see and follow what the viewer knows, or no longer. Closed, it leaves no trace."""
    if not wanted:
        db.session.execute(delete(OpenTopics).where(OpenTopics.person_id == viewer.id))
        db.session.execute(delete(TopicFollowing).where(TopicFollowing.of_id == viewer.id))
    elif not following.has_open_topics(viewer.id):
        db.session.add(OpenTopics(person_id=viewer.id))


def erase(person_id: int) -> None:
    """Forget what a person follows, and that others follow theirs."""
    db.session.execute(delete(TagFollowing).where(TagFollowing.person_id == person_id))
    either = or_(TopicFollowing.person_id == person_id, TopicFollowing.of_id == person_id)
    db.session.execute(delete(TopicFollowing).where(either))
    db.session.execute(delete(OpenTopics).where(OpenTopics.person_id == person_id))


privacy.register(
    "questions",
    what=N_("Which subjects you follow, whose subjects you follow, and whether yours may be followed"),
    seen_by=N_("Only you; your subjects are seen by all colleagues if you open them"),
    kept=N_("Until you stop following or your account is erased."),
    tables=("tag_following", "topic_following", "open_topics"),
    export=following.export,
    erase=erase,
)
