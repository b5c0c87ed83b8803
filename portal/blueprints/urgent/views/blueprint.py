"""The blueprint of urgent help, and the one red place in the menu."""

from __future__ import annotations

from flask import Blueprint

from portal.core.i18n import N_
from portal.web import navigation

bp = Blueprint("urgent", __name__)
navigation.register("urgent.index", N_("Help now"), icon="headset", order=90)
