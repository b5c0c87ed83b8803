"""Shapes of what is written about a big incident."""

from __future__ import annotations

from wtforms import HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from portal.blueprints.urgent.rules.incidents import FIRST_WORDS_LONGEST, HEADLINE_LONGEST, WORDS_LONGEST
from portal.core.i18n import N_
from portal.web.forms import GuardedForm


class HeadlineForm(GuardedForm):
    """What is going on, in a few words."""

    headline = StringField(
        N_("What is going on?"),
        [InputRequired(N_("Write in a few words what is going on.")), Length(max=HEADLINE_LONGEST)],
    )


class OpeningForm(HeadlineForm):
    """A new incident: the headline is enough."""

    words = TextAreaField(N_("What do we know so far?"), [Length(max=FIRST_WORDS_LONGEST)])
    tag = SelectField(N_("What is it about?"), default="")
    key = HiddenField(validators=[Length(max=40)])


class WordForm(GuardedForm):
    """How it goes, and when one says more."""

    words = TextAreaField(
        N_("How does it go?"), [InputRequired(N_("Write how it goes first.")), Length(max=WORDS_LONGEST)]
    )
    next_word_in = SelectField(
        N_("When do you say more?"),
        [Optional()],
        coerce=lambda value: int(value) if value else None,
        default="",
    )
    key = HiddenField(validators=[Length(max=40)])


class ClosingForm(GuardedForm):
    """It is over, perhaps with a last word."""

    words = TextAreaField(N_("A last word: what was it?"), [Length(max=WORDS_LONGEST)])
    key = HiddenField(validators=[Length(max=40)])
