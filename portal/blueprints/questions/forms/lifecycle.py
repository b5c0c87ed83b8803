"""Shapes of the small pages where one line is asked for: a reason, what is missing, whom to hand over to."""

from __future__ import annotations

from wtforms import HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from portal.blueprints.questions.rules.marks import REASON_LONGEST
from portal.blueprints.questions.rules.posts import COMMENT_LONGEST
from portal.core.i18n import N_
from portal.web.forms import Form, GuardedForm


class ReasonForm(GuardedForm):
    """Why an answer is out of date or dangerous."""

    reason = TextAreaField(
        N_("What is wrong, and what should one do instead?"),
        [
            InputRequired(N_("Say why in a few words, so that the others know what to look out for.")),
            Length(max=REASON_LONGEST),
        ],
    )


class MoreForm(GuardedForm):
    """What one needs to know."""

    body = StringField(
        N_("What do you need to know?"),
        [InputRequired(N_("Write what you need to know.")), Length(max=COMMENT_LONGEST)],
    )
    key = HiddenField(validators=[Length(max=40)])


class DoubtForm(GuardedForm):
    """What happened instead."""

    body = StringField(
        N_("What happened when you tried?"),
        [InputRequired(N_("Write what happened.")), Length(max=COMMENT_LONGEST)],
    )
    key = HiddenField(validators=[Length(max=40)])


class HandOverForm(Form):
    """Whom one asks to take over."""

    person = SelectField(N_("Who can take over?"), coerce=int)


class CheckForm(GuardedForm):
    """Which system has changed, and how."""

    tag = SelectField(N_("Which system has changed?"))
    reason = StringField(
        N_("What has changed?"),
        [InputRequired(N_("Say in a few words what has changed.")), Length(max=200)],
    )
