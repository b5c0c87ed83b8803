"""Keeping order. Every act is written in the audit log."""

from __future__ import annotations

from portal.blueprints.questions.facts import Changed, Hidden
from portal.blueprints.questions.queries import threads
from portal.blueprints.questions.service import posting
from portal.core import audit
from portal.core.errors import NotAllowed
from portal.core.facts import record
from portal.core.i18n import N_
from portal.core.viewer import Viewer


def hide(viewer: Viewer, question_id: int, *, hidden: bool) -> None:
    """Take a question out of sight, or bring it back."""
    must_keep_order(viewer)
    question = threads.get_question(viewer, question_id, for_update=True)
    question.is_hidden = hidden
    audit.note(viewer.id, "questions.hide" if hidden else "questions.show", question_id=question.id)
    record(Hidden(question_id=question.id) if hidden else Changed(question_id=question.id))
    posting.publish(question)


def must_keep_order(viewer: Viewer) -> None:
    """Refuse those who do not keep order here."""
    if not viewer.may("questions.moderate"):
        raise NotAllowed(N_("This is not open to you."))
