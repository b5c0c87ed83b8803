"""The base of every form."""

from __future__ import annotations

from flask import Flask
from wtforms import StringField

from portal.web.forms import Form


class Nameless(Form):
    """A form whose field is named by what stands beside it."""

    word = StringField("")


def test_a_field_without_a_label_stays_without_one(app: Flask) -> None:
    with app.test_request_context("/", base_url="http://localhost"):
        assert Nameless().word.label.text == ""
