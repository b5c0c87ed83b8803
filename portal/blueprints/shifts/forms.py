"""What people send about their standing, and the rota that is sent in."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from wtforms import FileField, HiddenField, StringField, TimeField
from wtforms.validators import AnyOf, InputRequired, Length, Optional

from portal.blueprints.shifts.service.importing import NAME_LONGEST
from portal.core import clock
from portal.core.i18n import N_
from portal.web.forms import Form

AVAILABLE, ON_CALL, AWAY = "available", "on_call", "away"
EASY, NOT_EASY, WORK, OFF, ROTA = "easy", "not_easy", "work", "off", "rota"
WORDS = (AVAILABLE, ON_CALL, AWAY, EASY, NOT_EASY, WORK, OFF, ROTA)


class StandingForm(Form):
    """One word about oneself; being away and being at work may have a time at which they end."""

    word = StringField(validators=[InputRequired(), AnyOf(WORDS)])
    until = TimeField(N_("Until"), [Optional()])
    back = HiddenField(validators=[Length(max=500)])

    @property
    def until_moment(self) -> datetime | None:
        """Give the next moment at which the clock on the wall shows the time that was chosen."""
        chosen: time | None = self.until.data
        if chosen is None:
            return None
        today = clock.at_wall(clock.today(), chosen)
        return today if today > clock.now() else clock.at_wall(clock.today() + timedelta(days=1), chosen)


class UploadForm(Form):
    """A rota that is sent in; the file itself is read by the view."""

    name = StringField(N_("Name of the rota"), [InputRequired(N_("Give the rota a name.")), Length(max=NAME_LONGEST)])
    file = FileField(N_("File"))


class TakeForm(Form):
    """What one has looked at, sealed."""

    sealed = HiddenField(validators=[InputRequired()])
