"""Hands in the air, for the tests of the pages: raised, taken, pressed, looked at."""

from __future__ import annotations

from bs4 import BeautifulSoup

from portal.blueprints.people.models import Person
from portal.blueprints.urgent.models.calls import HelpCall
from portal.blueprints.urgent.service import calls
from portal.core.db import transaction
from tests.client import AuditingClient
from tests.factories.urgent import make_call

HX = {"HX-Request": "true"}
LINE = "The screens of the ward are black"
NUMBER = "15076500565"


def raised(asker: Person, **values: str) -> HelpCall:
    with transaction():
        return make_call(asker, LINE, **values)


def taken(asker: Person, helper: Person) -> HelpCall:
    call = raised(asker)
    with transaction():
        calls.come(helper, call.id)
    return call


def strip_of(browser: AuditingClient) -> BeautifulSoup:
    return BeautifulSoup(browser.get("/hjelp/stripe", headers=HX).text, "html.parser")


def press(browser: AuditingClient, call: HelpCall, name: str, **values: str) -> int:
    return browser.post(f"/hjelp/rop/{call.id}/{name}", data=values).status_code
