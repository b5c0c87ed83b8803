"""Shapes of keeping the tags in order."""

from __future__ import annotations

from typing import Any

from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from portal.blueprints.questions.rules.posts import BODY_LONGEST
from portal.core.i18n import N_
from portal.web.forms import Form, stripped

COLORS = [
    ("neutral", N_("Grey")),
    ("accent", N_("Green")),
    ("info", N_("Blue")),
    ("sun", N_("Yellow")),
    ("heather", N_("Purple")),
    ("danger", N_("Red")),
]
NAMED = [InputRequired(N_("Give it a name.")), Length(max=40)]


class TagForm(Form):
    """A tag."""

    name_nn = StringField(N_("Name in Nynorsk"), NAMED)
    name_nb = StringField(N_("Name in Bokmål"), NAMED)
    name_en = StringField(N_("Name in English"), NAMED)
    slug = StringField(N_("Short name, for addresses and filters"), NAMED)
    synonyms = StringField(N_("Other words for it"), [Length(max=400)])
    color = SelectField(N_("Colour"))
    template = TextAreaField(N_("What a good question about it tells"), [Length(max=BODY_LONGEST)])

    def values(self) -> dict[str, Any]:
        """Give what the service wants."""
        return {
            "slug": stripped(self.slug.data),
            "names": tuple(stripped(field.data) for field in (self.name_nn, self.name_nb, self.name_en)),
            "color": self.color.data,
            "template": stripped(self.template.data),
            "synonyms": (self.synonyms.data or "").split(","),
        }


class MergeForm(Form):
    """Which tag another one is put into."""

    target = SelectField(N_("Put it into"), coerce=int)


class CheckForm(Form):
    """Why the answers about a tag want a look."""

    reason = StringField(N_("What has changed?"), [InputRequired(N_("Say what has changed.")), Length(max=200)])
