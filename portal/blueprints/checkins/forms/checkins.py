"""A face, perhaps words, and who may see them."""

from __future__ import annotations

from collections.abc import Iterable

from wtforms import HiddenField, RadioField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, ValidationError

from portal.blueprints.checkins.forms import colleagues as lists
from portal.blueprints.checkins.rules.audiences import Audience
from portal.blueprints.checkins.rules.faces import WORDS_LONGEST, Face, Said
from portal.blueprints.checkins.service.saying import Wish
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
AUDIENCES = {
    Audience.ME: N_("Only me"),
    Audience.ONE: N_("One colleague"),
    Audience.TEAM: N_("The team, with name"),
    Audience.NAMELESS: N_("The team, no name"),
}
NAMED = (Audience.ME, Audience.ONE, Audience.TEAM)


class AudienceForm(Form):
    """Who may see it: one choice that says so, and a colleague, so that a colleague left in the list is not enough."""

    audience = RadioField(N_("Who may see this?"), [InputRequired(N_("Choose who may see this."))])
    reader = SelectField(N_("Which colleague?"), coerce=lists.person_id)

    def offer(self, colleagues: dict[int, str], *, audiences: Iterable[Audience] = NAMED) -> None:
        """Put the choices into the reader's words."""
        self.audience.choices = [SelectChoice(each.value, _(AUDIENCES[each])) for each in audiences]
        self.reader.choices = [SelectChoice("", _("Choose a colleague")), *lists.people(colleagues)]

    def validate_reader(self, field: SelectField) -> None:
        """Ask for the colleague when there is to be one."""
        if self.audience.data == Audience.ONE and field.data is None:
            raise ValidationError(_("Choose a colleague."))

    @property
    def reader_id(self) -> int | None:
        """Give the colleague who was chosen, if the choice is one colleague."""
        return self.reader.data if self.audience.data == Audience.ONE else None


class WordsForm(GuardedForm):
    """How one is: a face is enough."""

    face = RadioField(N_("How are you today?"), [InputRequired(N_("Choose the face that fits best."))])
    words = TextAreaField(N_("Anything on your mind?"), [Length(max=WORDS_LONGEST)])

    def offer_faces(self) -> None:
        """Put the faces into the reader's words."""
        self.face.choices = [SelectChoice(face.value, _(label)) for face, label in FACES.items()]

    @property
    def said(self) -> Said:
        """Give what was said."""
        return Said(face=Face(self.face.data), words=self.text("words"))


class CheckInForm(AudienceForm, WordsForm):
    """How one is, and who may see it."""

    key = HiddenField(validators=[Length(max=40)])
    back = HiddenField(validators=[Length(max=500)])

    def offer(self, colleagues: dict[int, str], *, audiences: Iterable[Audience] = NAMED) -> None:
        """Put the choices into the reader's words."""
        super().offer(colleagues, audiences=audiences)
        self.offer_faces()

    @property
    def wish(self) -> Wish:
        """Give what is to be said, and for whom."""
        return Wish(
            audience=Audience(self.audience.data),
            face=Face(self.face.data),
            words=self.text("words"),
            reader_id=self.reader_id,
            key=self.key.data or None,
            accepts=self.accepts,
        )
