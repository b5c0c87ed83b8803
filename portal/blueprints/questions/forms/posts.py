"""Shapes of questions and answers."""

from __future__ import annotations

from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, HiddenInput, ListWidget

from portal.blueprints.questions.rules.posts import BODY_LONGEST, COMMENT_LONGEST, TAGS_MOST, TITLE_LONGEST
from portal.core.i18n import N_
from portal.web.forms import GuardedForm, at_most


class QuestionForm(GuardedForm):
    """A question: the title is enough."""

    title = StringField(
        N_("What do you wonder about?"),
        [InputRequired(N_("Write what you wonder about.")), Length(max=TITLE_LONGEST)],
    )
    body = TextAreaField(N_("Details"), [Length(max=BODY_LONGEST)])
    tags = SelectMultipleField(
        N_("Tags"),
        [at_most(TAGS_MOST, N_("Choose five tags at most."))],
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )
    key = HiddenField(validators=[Length(max=40)])


class AskForm(QuestionForm):
    """A new question, and to whom it is put first."""

    addressee = SelectField(N_("A colleague"), coerce=lambda value: int(value) if value else None, default="")
    asked_tag = SelectField(N_("Those who know"), default="")
    is_easy = BooleanField(N_("It is probably easy for somebody who knows it"))
    is_anonymous = BooleanField(N_("Ask without my name"))


class QuestionEditForm(QuestionForm):
    """A question that is changed; the version tells whether somebody else came between."""

    version = IntegerField(widget=HiddenInput())


class AnswerForm(GuardedForm):
    """An answer."""

    body = TextAreaField(N_("Know more?"), [InputRequired(N_("Write an answer first.")), Length(max=BODY_LONGEST)])
    key = HiddenField(validators=[Length(max=40)])
    is_anonymous = BooleanField(N_("Answer without my name"))


class AnswerEditForm(AnswerForm):
    """An answer that is changed. Whether it has a name does not change."""

    is_anonymous = None
    version = IntegerField(widget=HiddenInput())


class CommentForm(GuardedForm):
    """A short remark."""

    body = TextAreaField(N_("Comment"), [InputRequired(N_("Write a comment first.")), Length(max=COMMENT_LONGEST)])
    key = HiddenField(validators=[Length(max=40)])
    is_anonymous = BooleanField(N_("Comment without my name"))


class CommentEditForm(CommentForm):
    """A comment that is changed."""

    is_anonymous = None
    version = IntegerField(widget=HiddenInput())
