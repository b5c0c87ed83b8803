"""Shapes of what administrators say about rooms, and of a meeting without an event."""

from __future__ import annotations

from wtforms import BooleanField, DateField, HiddenField, IntegerField, RadioField, SelectField, StringField, TimeField
from wtforms.validators import InputRequired, Length, NumberRange, Regexp

from portal.blueprints.rooms.models import OpenTo
from portal.blueprints.rooms.service.rooms import WINDOW_DAYS, RoomFacts
from portal.core.i18n import N_
from portal.web.forms import Form, GuardedForm, stripped

OPEN_TO = {
    OpenTo.EVERYBODY: N_("Everybody"),
    OpenTo.ORGANISERS: N_("Organisers only"),
}
ADDRESS = r"^[^@\s]+@[^@\s]+$"


class RoomForm(Form):
    """What a room is called, where it is, and what it holds."""

    name = StringField(N_("Name"), [InputRequired(N_("Give the room a name.")), Length(max=80)], filters=[stripped])
    address = StringField(
        N_("Address in the calendar"),
        [
            InputRequired(N_("Write the room's e-mail address.")),
            Length(max=200),
            Regexp(ADDRESS, message=N_("Write a whole address.")),
        ],
        filters=[stripped],
    )
    site = StringField(N_("Building"), [Length(max=80)], filters=[stripped])
    floor = StringField(N_("Floor"), [Length(max=20)], filters=[stripped])
    seats = IntegerField(N_("Seats"), [InputRequired(N_("Say how many it seats.")), NumberRange(min=1, max=500)])
    equipment = StringField(N_("Equipment"), [Length(max=300)], filters=[stripped])
    opens_at = TimeField(N_("Opens at"), [InputRequired(N_("Say when it opens."))])
    closes_at = TimeField(N_("Closes at"), [InputRequired(N_("Say when it closes."))])
    window_days = IntegerField(
        N_("Days ahead"), [InputRequired(N_("Say how many days ahead.")), NumberRange(min=1, max=WINDOW_DAYS)]
    )
    longest_minutes = IntegerField(
        N_("Longest booking, in minutes"),
        [InputRequired(N_("Say how long a booking may last.")), NumberRange(min=15, max=720)],
    )
    open_to = RadioField(N_("Who may book it for a meeting?"))
    is_bookable = BooleanField(N_("Can be booked"))

    def known(self) -> RoomFacts:
        """Give what was said."""
        return RoomFacts(
            name=self.name.data,
            address=self.address.data,
            site=self.site.data,
            floor=self.floor.data,
            seats=self.seats.data,
            equipment=self.equipment.data,
            is_bookable=self.is_bookable.data,
            opens_at=self.opens_at.data,
            closes_at=self.closes_at.data,
            window_days=self.window_days.data,
            longest_minutes=self.longest_minutes.data,
            open_to=OpenTo(self.open_to.data),
        )


class MeetingForm(GuardedForm):
    """A meeting without an event."""

    key = HiddenField()
    day = DateField(N_("Day"), [InputRequired(N_("Choose a day."))])
    starts = TimeField(N_("Begins at"), [InputRequired(N_("Choose when it begins."))])
    minutes = IntegerField(
        N_("Lasts, in minutes"),
        [
            InputRequired(N_("Choose how long it lasts.")),
            NumberRange(min=5, max=720, message=N_("It lasts from 5 minutes to 12 hours, in steps of five minutes.")),
        ],
    )
    seats = IntegerField(N_("How many are you?"), [InputRequired(N_("Say how many you are.")), NumberRange(1, 500)])
    room_id = SelectField(N_("Room"), coerce=int)
    name = StringField(N_("What do you call it?"), [Length(max=80)])
