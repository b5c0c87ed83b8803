"""Tunet: the common yard of a service desk."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from flask import Blueprint, Flask

from portal import web
from portal.config import Settings, read
from portal.core import live
from portal.core import settings as core_settings
from portal.core.db import db, engine_options
from portal.web import security, styleguide, templating

# From the ground up: what a slice listens to must have been defined below it.
SLICES = (
    "people",
    "notifications",
    "search",
    "references",
    "shifts",
    "rooms",
    "questions",
    "events",
    "games",
    "cinema",
    "meals",
    "pulse",
    "checkins",
    "talks",
    "coffee",
    "knowledge",
    "urgent",
    "admin",
    "privacy",
    "home",
)
ROOMS_OF_A_SLICE = ("models", "notices", "jobs", "views", "admin", "api")


def create_app(settings: Settings | None = None) -> Flask:
    """Put the house together. The only place that names every slice."""
    settings = core_settings.use(settings or read())
    app = Flask(__name__, static_folder=None)
    app.jinja_environment = templating.Templates
    app.config["SETTINGS"] = settings
    app.config["TESTING"] = settings.testing
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(settings.database_url)
    security.configure(app, settings)
    db.init_app(app)
    live.travel_by(settings.live)
    web.install(app)
    if settings.demo or settings.testing:
        styleguide.install(app)
    for blueprint in wake_slices():
        app.register_blueprint(blueprint)
    return app


def wake_slices() -> list[Blueprint]:
    """Wake every slice and give the blueprints of their views."""
    found = []
    for slice_ in SLICES:
        for room in ROOMS_OF_A_SLICE:
            name = f"portal.blueprints.{slice_}.{room}"
            if find_spec(name):
                module = import_module(name)
                found += [value for value in vars(module).values() if isinstance(value, Blueprint)]
    return list(dict.fromkeys(found))
