"""When two change the same post: the second sees both, loses nothing, and may send again on top of the first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from portal.blueprints.questions.forms.posts import AnswerEditForm, CommentEditForm, QuestionEditForm
from portal.blueprints.questions.models.posts import Post, Question
from portal.blueprints.questions.rules.wording import Piece, difference
from portal.blueprints.questions.service.posting import ChangedMeanwhile
from portal.core.errors import PortalError
from portal.web.forms import stripped

EditForm = QuestionEditForm | AnswerEditForm | CommentEditForm


@dataclass(frozen=True, kw_only=True)
class Theirs:
    """What stands now, and how it differs from what is being sent."""

    title: str
    body: str
    title_pieces: Sequence[Piece]
    body_pieces: Sequence[Piece]


def find_theirs(error: PortalError, form: EditForm, post: Post) -> Theirs | None:
    """Give what somebody else has written meanwhile; the form then goes on top of that when it is sent again."""
    if not isinstance(error, ChangedMeanwhile):
        return None
    form.form_errors.clear()  # said with both texts instead
    form.version.raw_data, form.version.data = None, post.version
    title = post.title if isinstance(post, Question) else ""
    own_title = stripped(form.title.data) if isinstance(form, QuestionEditForm) else ""
    return Theirs(
        title=title,
        body=post.body,
        title_pieces=difference(title, own_title),
        body_pieces=difference(post.body, stripped(form.body.data)),
    )
