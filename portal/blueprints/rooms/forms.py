"""Shapes of what administrators say about rooms."""

from __future__ import annotations

from wtforms import BooleanField, IntegerField, StringField, TimeField
from wtforms.validators import InputRequired, Length, NumberRange, Regexp

from portal.blueprints.rooms.service.rooms import RoomFacts
from portal.core.i18n import N_
from portal.web.forms import Form, stripped

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
        )
