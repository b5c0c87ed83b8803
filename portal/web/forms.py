"""The base of every form: CSRF, words in the reader's language, and text that is kept when it must be mended."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

from flask import request
from flask_wtf import FlaskForm
from wtforms import Field, StringField, TextAreaField
from wtforms.validators import InputRequired, ValidationError

from portal.core import patient_data, text
from portal.core.errors import PortalError
from portal.core.i18n import catalogue
from portal.web.i18n import _, locale


class _Words:
    """Gives WTForms its own messages in the reader's language, from our catalogues."""

    def gettext(self, message: str) -> str:
        return catalogue(locale()).gettext(message)

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        return catalogue(locale()).ngettext(singular, plural, n)


def _line(written: str | None) -> str | None:
    return None if written is None else text.line(written)


def _block(written: str | None) -> str | None:
    return None if written is None else text.block(written)


TIDIED = {StringField: _line, TextAreaField: _block}


def _wanted(field: Field) -> str:
    said = (each.message for each in field.validators if isinstance(each, InputRequired))
    return next(filter(None, said), field.gettext("This field is required."))


class Form(FlaskForm):
    """A form of ours. Invalid input is answered with 422 and the form as it was written."""

    class Meta(FlaskForm.Meta):
        """Hand WTForms our words."""

        def get_translations(self, form: Any) -> _Words:  # noqa: ARG002
            """Give the words."""
            return _Words()

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """Read what was written in fields: no file and no JSON, which would bring other things than text."""
            if formdata is None or hasattr(formdata, "getlist"):
                return formdata
            return request.form if form.is_submitted() and request.form else None

        def bind_field(self, form: Any, unbound_field: Any, options: Any) -> Field:
            """Let no text in with signs that nobody sees (core.text); passwords and keys are left as they are."""
            field = super().bind_field(form, unbound_field, options)
            if type(field) in TIDIED:
                field.filters = (*field.filters, TIDIED[type(field)])
            return field

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self:  # declared as message ids; the reader is known only now
            if field.label.text:  # the empty message id is the catalogue's own header
                field.label.text = _(field.label.text)

    def validate(self, extra_validators: Any = None) -> bool:
        """Validate, and put what is wrong into the reader's words."""
        is_valid = super().validate(extra_validators)
        for field in self:
            if type(field) in TIDIED and field.flags.required and not field.data and not field.errors:
                field.errors = [_wanted(field)]  # something was sent, but nothing that anybody sees
                is_valid = False
        for field in self:
            field.errors = [_(error) for error in field.errors]
        return bool(is_valid)

    def refuse(self, error: PortalError) -> None:
        """Show what a service refused at the field it is about, or at the top of the form."""
        words = _(error.message, **error.params)
        field: Field | None = getattr(self, error.field, None) if error.field else None
        if field is None:
            self.form_errors.append(words)
        else:
            field.errors = [*field.errors, words]


def stripped(written: str | None) -> str:
    """Take away the space around a text, odd line endings, and the signs that nobody sees."""
    return text.block(written or "").strip()


def at_most(most: int, message: str) -> Callable[[Any, Field], None]:
    """Bound how many choices of a list may be taken."""

    def check(_form: Any, field: Field) -> None:
        if len(field.data or ()) > most:
            raise ValidationError(_(message))

    return check


def form_key() -> str:
    """Make a name for one showing of a form, so that the same form sent twice is known again."""
    return secrets.token_urlsafe(16)


class GuardedForm(Form):
    """A form for texts that people write: what looks like a patient comes back marked, with two ways on.

    The buttons of components/guard.html send `guard`: «mask» takes the digits away, «keep» says it is no such number.
    """

    @property
    def accepts(self) -> bool:
        """Tell whether the author says that it is not an identity number."""
        return request.form.get("guard") == "keep"

    def text(self, name: str) -> str:
        """Give the text of a field, tidied, and masked when the author chose that."""
        written = stripped(self[name].data)
        return patient_data.masked(written) if request.form.get("guard") == "mask" else written

    def refuse(self, error: PortalError) -> None:
        """Show a refusal; of patient data also where it is."""
        super().refuse(error)
        if isinstance(error, patient_data.PatientData):
            self.guarded = error

    guarded: patient_data.PatientData | None = None
