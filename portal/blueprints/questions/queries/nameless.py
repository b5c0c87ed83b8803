"""Reading whether the viewer already writes in a thread without a name, and must go on so."""

from __future__ import annotations

from sqlalchemy import select

from portal.blueprints.questions.models.nameless import NamelessHand
from portal.blueprints.questions.models.posts import Question
from portal.blueprints.questions.queries import authors
from portal.core.db import db
from portal.core.viewer import Viewer


def writes_nameless(viewer: Viewer, question: Question) -> bool:
    """Tell whether the viewer has asked, answered or commented here without a name."""
    if question.salt is None:
        return False
    own = authors.masks(viewer.id, question.salt)
    here = select(NamelessHand.id).where(NamelessHand.question_id == question.id, NamelessHand.mask.in_(own))
    return question.mask in own or db.session.scalar(here.limit(1)) is not None
