"""What a diary is made, opened and changed with. Passphrases are never written back into a page."""

from __future__ import annotations

from wtforms import BooleanField, HiddenField, PasswordField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from portal.blueprints.checkins.forms.checkins import FACES, AudienceForm
from portal.blueprints.checkins.rules.audiences import Audience
from portal.blueprints.checkins.rules.diary import PASSPHRASE_LONGEST
from portal.blueprints.checkins.rules.faces import WORDS_LONGEST
from portal.core.i18n import N_
from portal.web.forms import Form, GuardedForm
from portal.web.i18n import _

LONGEST = Length(max=PASSPHRASE_LONGEST)
WRITE_IT = N_("Write your passphrase.")
CHOOSE_A_FACE = N_("Choose the face that fits best.")


class NewPassphraseForm(Form):
    """A passphrase, twice: nobody can give it back when it is not the one that was meant."""

    passphrase = PasswordField(N_("New passphrase"), [InputRequired(N_("Choose a passphrase.")), LONGEST])
    again = PasswordField(N_("The same passphrase once more"), [InputRequired(N_("Write it once more.")), LONGEST])

    def validate_again(self, field: PasswordField) -> None:
        """Ask for the same one."""
        if (field.data or "").strip() != (self.passphrase.data or "").strip():  # as the vault reads them
            raise ValidationError(_("The two are not the same. Write them once more."))


class MakeForm(NewPassphraseForm, GuardedForm):
    """A new diary, and what was said just before, which is to be its first entry."""

    face = RadioField(N_("How are you today?"), [Optional()])
    words = TextAreaField(N_("What you wrote"), [Length(max=WORDS_LONGEST)])
    key = HiddenField(validators=[Length(max=40)])
    back = HiddenField(validators=[Length(max=500)])

    def offer(self) -> None:
        """Put the choices into the reader's words."""
        self.face.choices = [SelectChoice(face.value, _(label)) for face, label in FACES.items()]


class OpenForm(Form):
    """The passphrase of today."""

    passphrase = PasswordField(N_("Passphrase"), [InputRequired(WRITE_IT), LONGEST])


class CodeForm(NewPassphraseForm):
    """The recovery code, and a new passphrase."""

    code = StringField(N_("Recovery code"), [InputRequired(N_("Write the recovery code.")), Length(max=100)])


class ChangeForm(NewPassphraseForm):
    """The passphrase of today, and a new one."""

    old = PasswordField(N_("Passphrase of today"), [InputRequired(WRITE_IT), LONGEST])


class KeptForm(Form):
    """That the recovery code lies in a safe place."""

    kept = BooleanField(
        N_("I have kept the recovery code in a safe place"),
        [InputRequired(N_("Tick this when you have written the code down. It is shown this once."))],
    )
    back = HiddenField(validators=[Length(max=500)])


class AnewForm(Form):
    """That everything may go."""

    sure = BooleanField(
        N_("Delete my diary and everything in it, for good"),
        [InputRequired(N_("Tick this if you are sure. Nobody can bring it back."))],
    )


class SharingForm(AudienceForm):
    """Who else may see an entry: they get a copy, and the diary keeps its own."""

    key = HiddenField(validators=[Length(max=40)])

    def offer_others(self, colleagues: dict[int, str]) -> None:
        """Put the choices into the reader's words."""
        self.offer(colleagues, audiences=(Audience.ONE, Audience.TEAM))


class EntryForm(GuardedForm):
    """One entry, changed."""

    face = RadioField(N_("How were you?"), [InputRequired(CHOOSE_A_FACE)])
    words = TextAreaField(N_("Your words"), [Length(max=WORDS_LONGEST)])

    def offer(self) -> None:
        """Put the choices into the reader's words."""
        self.face.choices = [SelectChoice(face.value, _(label)) for face, label in FACES.items()]


class ReopenForm(EntryForm):
    """One entry, changed while the diary closed by itself: with the passphrase it is kept all the same."""

    passphrase = PasswordField(N_("Passphrase"), [InputRequired(WRITE_IT), LONGEST])
