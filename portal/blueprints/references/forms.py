"""Shape of what administrators say about a pattern."""

from __future__ import annotations

from itertools import zip_longest

from flask import request
from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from portal.blueprints.references.rules.patterns import NAME_LONGEST, PATTERN_LONGEST, URL_LONGEST, Case
from portal.blueprints.references.service import Draft
from portal.core.errors import PortalError
from portal.core.i18n import N_
from portal.web.forms import Form, stripped
from portal.web.i18n import _

BLANK_ROWS = 3


class PatternForm(Form):
    """What a pattern is called, what it looks for, where it leads, and how one knows that it is right."""

    name = StringField(
        N_("Name"), [InputRequired(N_("Give the pattern a name.")), Length(max=NAME_LONGEST)], filters=[stripped]
    )
    pattern = StringField(
        N_("Pattern"),
        [InputRequired(N_("Write what the number looks like.")), Length(max=PATTERN_LONGEST)],
        filters=[stripped],
    )
    url = StringField(
        N_("Leads to"),
        [InputRequired(N_("Write where the link leads.")), Length(max=URL_LONGEST)],
        filters=[stripped],
    )
    cases: tuple[Case, ...] = ()

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.cases = tuple(_sent()) if self.is_submitted() else getattr(kwargs.get("obj"), "cases", ())

    def draft(self) -> Draft:
        """Give what was said."""
        return Draft(name=self.name.data, pattern=self.pattern.data, url=self.url.data, cases=self.cases)

    def refuse(self, error: PortalError) -> None:
        """Show a refusal; the test cases are no field of the toolkit, and say it at the top."""
        if error.field == "cases":
            self.form_errors.append(_(error.message, **error.params))
        else:
            super().refuse(error)

    @property
    def rows(self) -> list[Case]:
        """Give the rows for test cases: those that there are, and some to fill in."""
        return [*self.cases, *[Case(text="")] * BLANK_ROWS]


class TryForm(Form):
    """A text to try the patterns on. It is shown again and never kept."""

    text = TextAreaField(N_("Text"), [Length(max=8000)], filters=[stripped])


def _sent() -> list[Case]:
    texts, links = request.form.getlist("case_text"), request.form.getlist("case_links")
    rows = ((stripped(text), stripped(expected)) for text, expected in zip_longest(texts, links, fillvalue=""))
    return [Case(text=text, links=_lines(expected)) for text, expected in rows if text or expected]


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())
