"""The shape of an article as it is written here."""

from __future__ import annotations

from wtforms import DateField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from portal.blueprints.knowledge.rules import BODY_LONGEST, SOURCE_LONGEST, TITLE_LONGEST, tags
from portal.blueprints.knowledge.service import Draft
from portal.core.i18n import N_
from portal.web.forms import GuardedForm

LANGUAGES = {"nn": "Nynorsk", "nb": "Bokmål", "en": "English", "sv": "Svenska", "da": "Dansk"}


class ArticleForm(GuardedForm):
    """An article. The version tells whether somebody else came between."""

    title = StringField(N_("Title"), [InputRequired(N_("An article needs a title.")), Length(max=TITLE_LONGEST)])
    body = TextAreaField(N_("Text"), [InputRequired(N_("An article needs a text.")), Length(max=BODY_LONGEST)])
    tags = StringField(N_("Tags"), [Length(max=400)])
    language = SelectField(N_("Language"), choices=LANGUAGES)
    source = StringField(N_("Source"), [Length(max=SOURCE_LONGEST)])
    reviewed_on = DateField(N_("Reviewed on"), [Optional()])
    version = HiddenField(default="0", validators=[Length(max=10)])

    @property
    def draft(self) -> Draft:
        """Give what was written."""
        return Draft(
            title=self.text("title"),
            body=self.text("body"),
            tags=tags(self.text("tags")),
            language=self.language.data,
            source=self.text("source"),
            reviewed_on=self.reviewed_on.data,
        )
