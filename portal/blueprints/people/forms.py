"""Shapes of what people send about themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from wtforms import (
    BooleanField,
    HiddenField,
    PasswordField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import AnyOf, InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from portal.blueprints.people.rules import PASSWORD_LONGEST, Role
from portal.core.i18n import LOCALES, N_
from portal.web.forms import Form
from portal.web.i18n import _

LANGUAGES = [SelectChoice("nn", "Nynorsk"), SelectChoice("nb", "Bokmål"), SelectChoice("en", "English")]
ROLES = {
    Role.COLLEAGUE: N_("Colleague"),
    Role.PEER_SUPPORTER: N_("Peer supporter"),
    Role.ORGANISER: N_("Organiser"),
    Role.ADMINISTRATOR: N_("Administrator"),
}


class SignInForm(Form):
    """User name and password."""

    login = StringField(N_("User name or e-mail"), [InputRequired(N_("Write your user name.")), Length(max=200)])
    password = PasswordField(N_("Password"), [InputRequired(N_("Write your password.")), Length(max=PASSWORD_LONGEST)])
    next = HiddenField()


class NewPasswordForm(Form):
    """A password chosen by a one-time link."""

    password = PasswordField(
        N_("New password"), [InputRequired(N_("Choose a password.")), Length(max=PASSWORD_LONGEST)]
    )


class ChangePasswordForm(Form):
    """The password of today, and a new one."""

    old = PasswordField(
        N_("Password of today"), [InputRequired(N_("Write your password.")), Length(max=PASSWORD_LONGEST)]
    )
    password = PasswordField(
        N_("New password"), [InputRequired(N_("Choose a password.")), Length(max=PASSWORD_LONGEST)]
    )


class AppearanceForm(Form):
    """How the portal looks. What is left out stays as it is."""

    locale = StringField(validators=[Optional(), AnyOf(LOCALES)])
    theme = StringField(validators=[Optional(), AnyOf(("auto", "light", "dark"))])
    contrast = StringField(validators=[Optional(), AnyOf(("high",))])
    back = HiddenField(validators=[Length(max=500)])


class ProfileForm(Form):
    """What colleagues see on one's page."""

    title = StringField(N_("What you do"), [Length(max=120)])
    phone = StringField(N_("Phone"), [Length(max=30)])
    about = TextAreaField(N_("What you like to be asked about"), [Length(max=500)])
    locale = SelectField(N_("Language"), choices=LANGUAGES)
    hotkeys = BooleanField(N_("Use single keys as shortcuts: / for search, s for a new question"))


class TeamForm(Form):
    """The team of a person: one that is there, or a new one."""

    team = SelectField(N_("Team"), choices=[])
    new_team = StringField(N_("Or a new team"), [Length(max=60)])

    def __init__(self, teams: Mapping[int, str], team_id: int | None) -> None:
        super().__init__(team=str(team_id or ""))
        self.team.choices = [
            SelectChoice("", _("No team")),
            *(SelectChoice(str(number), name) for number, name in teams.items()),
        ]

    @property
    def named(self) -> str:
        """Give the name of a new team."""
        return (self.new_team.data or "").strip()

    @property
    def chosen(self) -> int | None:
        """Give the team that was chosen among those that are there."""
        return int(self.team.data) if self.team.data else None


class RolesForm(Form):
    """The roles of a person; everybody is a colleague."""

    roles = SelectMultipleField(N_("Roles"), option_widget=CheckboxInput(), widget=ListWidget(prefix_label=False))

    def __init__(self, roles: Iterable[Role]) -> None:
        super().__init__(roles=[role.value for role in roles])
        given = ((role, label) for role, label in ROLES.items() if role is not Role.COLLEAGUE)
        self.roles.choices = [SelectChoice(role.value, _(label)) for role, label in given]
