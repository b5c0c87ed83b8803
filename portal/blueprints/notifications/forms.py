"""Shapes of what a person chooses about notices, and quiet time in words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, time
from typing import Any

from babel.dates import get_day_names
from wtforms import DateTimeLocalField, Field, SelectChoice, SelectField, SelectMultipleField, TimeField
from wtforms.validators import InputRequired, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from portal.blueprints.notifications.ports import Delivery, Kind
from portal.blueprints.notifications.queries.choices import Chosen
from portal.blueprints.notifications.rules import Span
from portal.core import clock, i18n
from portal.core.i18n import N_
from portal.web.forms import Form
from portal.web.i18n import _, locale

DELIVERIES = {
    Delivery.AT_ONCE: N_("At once"),
    Delivery.HOURLY: N_("Every hour, together"),
    Delivery.DAILY: N_("Once a day, in the morning"),
    Delivery.WEEKLY: N_("Once a week, on Monday morning"),
    Delivery.NEVER: N_("Never"),
}
LIKE_GROUP = "like_group"
GROUP, KIND = "group_", "kind_"
PLACE = re.compile(r"%\((\w+)\)s")
A_TIME = N_("Write a time, such as 20:00.")


class MailForm(Form):
    """One choice for each group of notices, and for each kind that may differ: mail_form() adds those."""

    def group(self, chosen: Chosen) -> Field:
        """Give the field of a group."""
        return self[GROUP + chosen.group.name]

    def kinds(self, chosen: Chosen) -> Sequence[Field]:
        """Give the fields of its kinds."""
        return [self[_kind_field(kind)] for kind, _delivery in chosen.kinds if _kind_field(kind) in self]

    def differing(self, chosen: Chosen) -> int:
        """Count the kinds that go their own way."""
        return sum(field.data != LIKE_GROUP for field in self.kinds(chosen))

    def of_groups(self, all_chosen: Sequence[Chosen]) -> Mapping[str, Delivery]:
        """Give what was chosen, by the name of the group."""
        return {chosen.group.name: Delivery(self.group(chosen).data) for chosen in all_chosen}

    def of_kinds(self, all_chosen: Sequence[Chosen]) -> Mapping[str, Delivery | None]:
        """Give what was chosen by the name of the kind; None is like its group."""
        found = {kind.name: self[_kind_field(kind)].data for each in all_chosen for kind in _many(each)}
        return {name: None if said == LIKE_GROUP else Delivery(said) for name, said in found.items()}


def mail_form(all_chosen: Sequence[Chosen]) -> MailForm:
    """Make the form for the groups and kinds that there are."""
    known = [SelectChoice(delivery.value, _(label)) for delivery, label in DELIVERIES.items()]
    required = [InputRequired(N_("Choose one of these."))]
    fields: dict[str, Any] = {}
    for chosen in all_chosen:
        fields[GROUP + chosen.group.name] = SelectField(
            _(chosen.group.label), choices=known, default=chosen.delivery.value, validators=required
        )
        said = dict(chosen.kinds)
        for kind in _many(chosen):
            delivery = said[kind]
            fields[_kind_field(kind)] = SelectField(
                _label(kind),
                choices=[SelectChoice(LIKE_GROUP, _("As above")), *known],
                default=delivery.value if delivery else LIKE_GROUP,
                validators=[Optional()],
            )
    form: MailForm = type("MailFormOfAll", (MailForm,), fields)()
    return form


def _many(chosen: Chosen) -> list[Kind]:
    return [kind for kind, _delivery in chosen.kinds] if len(chosen.kinds) > 1 else []


def _kind_field(kind: Kind) -> str:
    return KIND + kind.name.replace(".", "-")


def _label(kind: Kind) -> str:
    if kind.label:
        return _(kind.label)
    blanks = dict.fromkeys(PLACE.findall(kind.text), "…")
    return _(kind.text, **{**blanks, **({"who": _("A colleague")} if "who" in blanks else {})})


class QuietHoursForm(Form):
    """Hours of the week without mail."""

    weekdays = SelectMultipleField(coerce=int, option_widget=CheckboxInput(), widget=ListWidget(prefix_label=False))
    starts = TimeField(validators=[InputRequired(A_TIME)])
    ends = TimeField(validators=[InputRequired(A_TIME)])
    ends_on = SelectField(coerce=int, default=-1)

    def span(self) -> Span:
        """Give what was chosen."""
        ends_on = self.ends_on.data
        return Span(
            starts=self.starts.data,
            ends=self.ends.data,
            weekdays=frozenset(self.weekdays.data or ()),
            ends_on=ends_on if ends_on >= 0 else None,
        )


def quiet_hours_form() -> QuietHoursForm:
    """Make the form, with a proposal in it."""
    form = QuietHoursForm(starts=time(16), ends=time(8), weekdays=[])
    days = get_day_names("wide", locale=locale())
    form.weekdays.choices = [SelectChoice(str(number), _first_large(days[number])) for number in range(7)]
    form.ends_on.choices = [
        SelectChoice("-1", _("The same day, or the day after")),
        *(SelectChoice(str(number), _first_large(days[number])) for number in range(7)),
    ]
    return form


def _first_large(word: str) -> str:
    return word[:1].upper() + word[1:]


class QuietUntilForm(Form):
    """The moment until which somebody wants no mail."""

    until = DateTimeLocalField(
        format=["%Y-%m-%dT%H:%M"], validators=[InputRequired(N_("Write a day and a time.")), Optional()]
    )

    def moment(self) -> datetime:
        """Give the moment, by the clock on the wall."""
        return clock.at_wall(self.until.data.date(), self.until.data.time())


def in_words(span: Span) -> str:
    """Say when some hours of the week are."""
    names = get_day_names("wide", locale=locale())
    words = {
        "days": _first_large(_days(sorted(span.weekdays), names)),
        "starts": i18n.format_time(span.starts, locale()),
        "ends": i18n.format_time(span.ends, locale()),
    }
    if span.ends_on is not None:
        return _("%(days)s at %(starts)s until %(day)s at %(ends)s", **words, day=names[span.ends_on])
    if span.ends <= span.starts:
        return _("%(days)s from %(starts)s until %(ends)s the day after", **words)
    return _("%(days)s from %(starts)s until %(ends)s", **words)


def _days(days: Sequence[int], names: Mapping[int, str]) -> str:
    """Write days that follow one another as «Monday–Thursday», others one by one."""
    runs: list[list[int]] = []
    for day in days:
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    parts = [
        f"{names[run[0]]}–{names[run[-1]]}" if len(run) > 2 else ", ".join(names[day] for day in run) for run in runs
    ]
    return ", ".join(parts)
