"""Shapes of what is sent in the breathing space."""

from __future__ import annotations

from typing import Any

from wtforms import HiddenField, RadioField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, ValidationError

from portal.blueprints.checkins.rules import JOY_LONGEST, WORDS_LONGEST, Audience, Face
from portal.core.i18n import N_
from portal.web.forms import Form, GuardedForm
from portal.web.i18n import _

FACES = {
    Face.HEAVY: N_("Heavy"),
    Face.TIRED: N_("Tired"),
    Face.OKAY: N_("Okay"),
    Face.GOOD: N_("Good"),
    Face.GREAT: N_("Great"),
}
AUDIENCES = {Audience.ME: N_("Only me"), Audience.ONE: N_("One colleague")}


def _person_id(value: Any) -> int | None:
    return int(value) if value not in (None, "", "None") else None


def _people(colleagues: dict[int, str]) -> list[SelectChoice]:
    return [SelectChoice(str(person_id), name) for person_id, name in colleagues.items()]


class AudienceForm(Form):
    """Who may see it: one choice that says so, and a colleague, so that a colleague left in the list is not enough."""

    audience = RadioField(N_("Who may see this?"), [InputRequired(N_("Choose who may see this."))])
    reader = SelectField(N_("Which colleague?"), coerce=_person_id)

    def offer(self, colleagues: dict[int, str]) -> None:
        """Put the choices into the reader's words."""
        self.audience.choices = [SelectChoice(audience.value, _(label)) for audience, label in AUDIENCES.items()]
        self.reader.choices = [SelectChoice("", _("Choose a colleague")), *_people(colleagues)]

    def validate_reader(self, field: SelectField) -> None:
        """Ask for the colleague when there is to be one."""
        if self.audience.data == Audience.ONE and field.data is None:
            raise ValidationError(_("Choose a colleague."))

    @property
    def reader_id(self) -> int | None:
        """Give the colleague who was chosen, if the choice is one colleague."""
        return self.reader.data if self.audience.data == Audience.ONE else None


class CheckInForm(AudienceForm, GuardedForm):
    """How one is: a face is enough."""

    face = RadioField(N_("How are you today?"), [InputRequired(N_("Choose the face that fits best."))])
    words = TextAreaField(N_("Anything on your mind?"), [Length(max=WORDS_LONGEST)])
    key = HiddenField(validators=[Length(max=40)])
    back = HiddenField(validators=[Length(max=500)])

    def offer(self, colleagues: dict[int, str]) -> None:
        """Put the choices into the reader's words."""
        super().offer(colleagues)
        self.face.choices = [SelectChoice(face.value, _(label)) for face, label in FACES.items()]


class JoyForm(GuardedForm):
    """A joy, perhaps with thanks."""

    words = TextAreaField(
        N_("What made you glad?"), [InputRequired(N_("Write a few words first.")), Length(max=JOY_LONGEST)]
    )
    to = SelectField(N_("Thanks to"), coerce=_person_id)
    key = HiddenField(validators=[Length(max=40)])

    def offer(self, colleagues: dict[int, str]) -> None:
        """Put the choices into the reader's words."""
        self.to.choices = [SelectChoice("", _("Nobody in particular")), *_people(colleagues)]
