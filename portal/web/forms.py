"""The base of every form: CSRF, words in the reader's language, and text that is kept when it must be mended."""

from __future__ import annotations

from typing import Any

from flask_wtf import FlaskForm
from wtforms import Field

from portal.core.errors import Invalid
from portal.core.i18n import catalogue
from portal.web.i18n import _, locale


class _Words:
    """Gives WTForms its own messages in the reader's language, from our catalogues."""

    def gettext(self, message: str) -> str:
        return catalogue(locale()).gettext(message)

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        return catalogue(locale()).ngettext(singular, plural, n)


class Form(FlaskForm):
    """A form of ours. Invalid input is answered with 422 and the form as it was written."""

    class Meta(FlaskForm.Meta):
        """Hand WTForms our words."""

        def get_translations(self, form: Any) -> _Words:  # noqa: ARG002
            """Give the words."""
            return _Words()

    def refuse(self, error: Invalid) -> None:
        """Show what a service refused at the field it is about, or at the top of the form."""
        words = _(error.message, **error.params)
        field: Field | None = getattr(self, error.field, None) if error.field else None
        if field is None:
            self.form_errors.append(words)
        else:
            field.errors = [*field.errors, words]


def stripped(text: str | None) -> str:
    """Take the space around a text away, and the odd line endings that browsers send."""
    return (text or "").replace("\r\n", "\n").strip()
