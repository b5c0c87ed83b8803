"""Shapes of what people send about food. The choices get their words in the view, in the reader's language."""

from __future__ import annotations

from wtforms import BooleanField, DateField, IntegerField, SelectMultipleField, StringField, TimeField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from portal.blueprints.meals.models import MOST_GUESTS, OTHER, PLACE, WHAT
from portal.blueprints.meals.rules import Diet
from portal.core.i18n import N_
from portal.web.forms import GuardedForm

DIETS = {
    Diet.VEGETARIAN: N_("Vegetarian"),
    Diet.VEGAN: N_("Vegan"),
    Diet.HALAL: N_("Halal"),
    Diet.NO_PORK: N_("Without pork"),
    Diet.NO_GLUTEN: N_("Without gluten"),
    Diet.NO_LACTOSE: N_("Without lactose"),
    Diet.NO_MILK: N_("Without milk"),
    Diet.NO_EGG: N_("Without egg"),
    Diet.NO_NUTS: N_("Without nuts"),
    Diet.NO_FISH: N_("Without fish"),
    Diet.NO_SHELLFISH: N_("Without shellfish"),
}


class MealForm(GuardedForm):
    """Food on an evening."""

    what = StringField(
        N_("What is there to eat?"), [InputRequired(N_("Say what there is to eat, such as pizza.")), Length(max=WHAT)]
    )
    place = StringField(N_("Place"), [Length(max=PLACE)])
    day = DateField(N_("Day"), [InputRequired(N_("Choose a day."))])
    at = TimeField(N_("When is it on the table?"), [InputRequired(N_("Choose a time."))])
    deadline_day = DateField(N_("Last day to say yes"), [InputRequired(N_("Choose a day."))])
    deadline = TimeField(N_("Until when that day?"), [InputRequired(N_("Choose a time."))])
    capacity = IntegerField(
        N_("How many plates?"),
        [Optional(), NumberRange(min=1, max=500, message=N_("Choose a number from 1 to 500, or leave it empty."))],
    )


class NeedsForm(GuardedForm):
    """What one does not eat."""

    diets = SelectMultipleField(N_("What do you not eat?"))
    other = StringField(N_("Anything else you do not eat?"), [Length(max=OTHER)])
    is_kept = BooleanField(N_("Keep it for next time"))


class DinerForm(NeedsForm):
    """That one eats, with whom, and what one does not eat."""

    guests = IntegerField(
        N_("How many guests do you bring?"),
        [Optional(), NumberRange(min=0, max=MOST_GUESTS, message=N_("Bring from none to three guests."))],
    )
