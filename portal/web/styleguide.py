"""The page /stil: every component in all its states (demo and tests only)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Flask, render_template, request
from flask.typing import ResponseReturnValue
from wtforms import (
    BooleanField,
    DateField,
    FileField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from portal.core import clock, patient_data
from portal.web import week_chart
from portal.web.auth import public
from portal.web.forms import Form, GuardedForm

# A number of the kind that is made up for tests: its month is beyond twelve.
GUARDED = "Gjeld brukar 01810110089, skjermen er svart."
PAGES = {"": "stil/page.html", "styring": "stil/admin.html", "feil": "errors/page.html", "inn": "stil/plain.html"}


@dataclass(frozen=True, kw_only=True)
class Colleague:
    """Somebody who does not exist, drawn as a person is."""

    id: int
    name: str
    initials: str
    color_name: str
    hotkeys: bool = False


@dataclass(frozen=True, kw_only=True)
class Place:
    """An entry of a menu that leads nowhere."""

    key: str
    words: str
    icon: str
    is_current: bool = False
    url: str = "/stil"

    @property
    def endpoint(self) -> str:
        """Give what no slice has."""
        return f"stil.{self.key}"


PEOPLE = tuple(
    Colleague(id=-number, name=name, initials=initials, color_name=color)  # below nought: nobody real
    for number, (name, initials, color) in enumerate(
        (
            ("Solveig Aarvik", "SA", "accent"),
            ("Ingrid Vikøyr", "IV", "heather"),
            ("Torbjørn Nesse", "TN", "success"),
            ("Mehmet Kaya", "MK", "sun"),
            ("Silje Rød", "SR", "danger"),
            ("Amina Yusuf", "AY", "danger"),
            ("Håkon Tveit", "HT", "accent"),
            ("Piotr Nowak", "PN", "info"),
            ("Kari Storøy", "KS", "sun"),
            ("Liv Mæland", "LM", "neutral"),
            ("Erik Fauske", "EF", "heather"),
            ("Jonas Hjelle", "JH", "info"),
        ),
        start=1,
    )
)
ROOMS = (
    Place(key="home", words="Heim", icon="home"),
    Place(key="questions", words="Spør", icon="ask", is_current=True),
    Place(key="events", words="Saman", icon="together"),
    Place(key="checkins", words="Pusterom", icon="leaf"),
    Place(key="urgent", words="Hjelp no", icon="headset"),
)
DESKS = (
    Place(key="people", words="Folk", icon="users", is_current=True),
    Place(key="rooms", words="Rom", icon="door"),
    Place(key="jobs", words="Arbeid som ventar", icon="clock"),
    Place(key="audit", words="Kven gjorde kva", icon="history"),
)
AUDIENCES = [
    SelectChoice("me", "Berre eg"),
    SelectChoice("colleague", "Ein kollega"),
    SelectChoice("anonymous", "Teamet, utan namn"),
    SelectChoice("team", "Teamet, med namn"),
]


class Sample(Form):
    """One field of each kind."""

    title = StringField("Kva lurer du på?", [InputRequired()], id="sample-title")
    body = TextAreaField("Fortel meir", id="sample-body")
    note = TextAreaField("Noko vi bør vite?", id="sample-note")
    site = SelectField(
        "Kvar",
        choices=[SelectChoice("hus", "Haukeland"), SelectChoice("kysthospitalet", "Kysthospitalet")],
        id="sample-site",
    )
    day = DateField("Dag", [InputRequired()], id="sample-day")
    start = TimeField("Klokkeslett", [InputRequired()], id="sample-start")
    seats = IntegerField("Plassar", id="sample-seats")
    picture = FileField("Bilete", id="sample-picture")
    follow = BooleanField("Sei frå når nokon svarar", default=True, id="sample-follow")
    audience = RadioField(
        "Kven skal sjå teksten?", [InputRequired()], choices=AUDIENCES, default="me", id="sample-audience"
    )


class Wrong(GuardedForm):
    """The same, after somebody was in a hurry."""

    title = StringField("Kva lurer du på?", [InputRequired()], id="wrong-title")
    body = TextAreaField("Fortel meir", [InputRequired()], id="wrong-body")
    choice = RadioField(
        "Kor ofte?",
        [InputRequired()],
        choices=[SelectChoice("week", "Kvar veke"), SelectChoice("month", "Kvar månad")],
        id="wrong-choice",
    )


def install(app: Flask) -> None:
    """Register the page."""
    app.add_url_rule("/stil", "styleguide", show)


@public
def show() -> ResponseReturnValue:
    """Show the components, or one of the other frames with ?side=."""
    template = PAGES.get(request.args.get("side", ""), PAGES[""])
    return render_template(template, **_frame(), **_samples())


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A piece of a text that was changed."""

    text: str
    change: str = ""


CHANGED = (
    Piece(text="Finn økta og "),
    Piece(text="drep", change="removed"),
    Piece(text="logg av", change="added"),
    Piece(text=" ho."),
)


WEEKS = [
    week_chart.Week(name=str(number), level=level, mark=1 if number == 42 else None)
    for number, level in enumerate((2, 2, 1, 2, 3, None, 2, 3), start=40)
]
LEVELS = ("Tungt", "Sliten", "Greitt", "Bra", "Topp")


def _frame() -> dict[str, Any]:
    return {"viewer": PEOPLE[0], "menu": ROOMS, "admin_menu": DESKS, "unread_count": 3, "live_url": ""}


def _samples() -> dict[str, Any]:
    wrong = Wrong(formdata=None)
    wrong.guarded = patient_data.PatientData(patient_data.findings(GUARDED, today=clock.today()), GUARDED, field=None)
    wrong.title.errors = ("Skriv kva du lurer på. Éi setning held.",)
    wrong.body.errors = ("Dette liknar eit fødselsnummer. Ta det bort før du sender.",)
    wrong.choice.errors = ("Vel eitt av svara.",)
    return {
        "people": PEOPLE,
        "weeks": week_chart.both(WEEKS, LEVELS),
        "changed": CHANGED,
        "form": Sample(formdata=None),
        "wrong": wrong,
        "title": "Vi finn ikkje den sida",
        "words": "Ho kan ha flytta, eller ho har aldri vore her. Prøv søket.",
        "status": 404,
        "request_id": "7f3a-19c2",
    }
