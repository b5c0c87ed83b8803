"""Shapes of questions and answers."""

from __future__ import annotations

from wtforms import HiddenField, IntegerField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, HiddenInput, ListWidget

from portal.blueprints.questions.rules.posts import BODY_LONGEST, TAGS_MOST, TITLE_LONGEST
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


class QuestionEditForm(QuestionForm):
    """A question that is changed; the version tells whether somebody else came between."""

    version = IntegerField(widget=HiddenInput())


class AnswerForm(GuardedForm):
    """An answer."""

    body = TextAreaField(N_("Know more?"), [InputRequired(N_("Write an answer first.")), Length(max=BODY_LONGEST)])
    key = HiddenField(validators=[Length(max=40)])


class AnswerEditForm(AnswerForm):
    """An answer that is changed."""

    version = IntegerField(widget=HiddenInput())
