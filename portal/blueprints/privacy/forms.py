"""Shapes of what one sends to take one's data along, or away."""

from __future__ import annotations

from wtforms import BooleanField, PasswordField, StringField
from wtforms.validators import InputRequired, Length

from portal.core.i18n import N_
from portal.web.forms import Form


class ProveForm(Form):
    """The password once more; nobody is asked who has just signed in."""

    password = PasswordField(N_("Password"), [Length(max=200)])


class EraseForm(ProveForm):
    """One's own name, typed; and whether the words go too."""

    name = StringField(N_("Your name, as it stands above"), [InputRequired(N_("Write the name.")), Length(max=120)])
    takes_words = BooleanField(N_("Also take away what I have asked, answered and commented"))


class EraseOtherForm(Form):
    """The name of somebody who has left, typed."""

    name = StringField(N_("The name, as it stands above"), [InputRequired(N_("Write the name.")), Length(max=120)])
