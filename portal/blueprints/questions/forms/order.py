"""Shapes of what keeps order: duplicates, flags, tidying, redacting."""

from __future__ import annotations

from wtforms import BooleanField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from portal.blueprints.questions.rules.order import NOTE_LONGEST, PIECE_LONGEST, Reason
from portal.blueprints.questions.rules.posts import TITLE_LONGEST
from portal.core.i18n import N_
from portal.web.forms import Form, GuardedForm, stripped

REASONS = {
    Reason.PATIENT: N_("It tells of a patient"),
    Reason.UNKIND: N_("It is unkind"),
    Reason.DUPLICATE: N_("It was asked before"),
    Reason.MISPLACED: N_("It belongs somewhere else"),
    Reason.OTHER: N_("Something else"),
}
PIECE, ALL = "piece", "all"


class DuplicateForm(Form):
    """What a question is a duplicate of: a number, a link, or the number of an article."""

    original = StringField(
        N_("Number, link, or article"),
        [InputRequired(N_("Say which question or article it is.")), Length(max=300)],
    )


class FlagForm(Form):
    """Why somebody should look at a post, and a line about it."""

    reason = RadioField(N_("What is it about?"), [InputRequired(N_("Choose what it is about."))])
    note = StringField(N_("A line about it"), [Optional(), Length(max=NOTE_LONGEST)])

    @property
    def line(self) -> str:
        """Give the line, tidied."""
        return stripped(self.note.data)


class TidyForm(GuardedForm):
    """What is to become of the chosen posts of a thread."""

    title = StringField(N_("Title of the new question"), [Optional(), Length(max=TITLE_LONGEST)])
    target = StringField(N_("Number of the other question, or a link to it"), [Optional(), Length(max=300)])
    under = StringField(N_("Under which answer"), [Optional(), Length(max=12)])


class RedactForm(Form):
    """What is taken out of a post."""

    part = RadioField(N_("What is to be removed?"), [InputRequired(N_("Choose what is to be removed."))])
    piece = TextAreaField(N_("These words"), [Optional(), Length(max=PIECE_LONGEST)])
    whole_thread = BooleanField(N_("Everywhere in the thread, where others may have quoted it"))
    with_pictures = BooleanField(N_("Delete the pictures in it for good"))

    @property
    def words(self) -> str:
        """Give the piece, or nothing for all of it."""
        return stripped(self.piece.data) if self.part.data == PIECE else ""
