"""The base of every form."""

from __future__ import annotations

import pytest
from flask import Flask
from wtforms import HiddenField, PasswordField, StringField, TextAreaField
from wtforms.validators import InputRequired

from portal.web.forms import Form


class Nameless(Form):
    """A form whose field is named by what stands beside it."""

    word = StringField("")


def test_a_field_without_a_label_stays_without_one(app: Flask) -> None:
    with app.test_request_context("/", base_url="http://localhost"):
        assert Nameless().word.label.text == ""


class Tidied(Form):
    """A form with a field of each kind."""

    name = StringField("Name", [InputRequired("Give a name.")])
    body = TextAreaField("Body")
    password = PasswordField("Password")
    key = HiddenField()


def sent(app: Flask, **values: str) -> Tidied:
    with app.test_request_context("/", method="POST", base_url="http://localhost", data=values):
        form = Tidied(meta={"csrf": False})
        form.validate()
        return form


def test_signs_that_nobody_sees_do_not_come_in(app: Flask) -> None:
    form = sent(app, name="Bær\u202ebar\n\u200b", body="ein\r\nto\u2066\u200b", password="\u200bhei ", key="a\u200b")
    assert (form.name.data, form.body.data) == ("Bærbar", "ein\nto")
    assert (form.password.data, form.key.data) == ("\u200bhei ", "a\u200b")


@pytest.mark.parametrize("empty", ["", " ", "\u200b\u2060", "\u202e", "\u3164", "\n"])
def test_what_looks_empty_is_empty(app: Flask, empty: str) -> None:
    assert sent(app, name=empty).name.errors == ["Give a name."]
