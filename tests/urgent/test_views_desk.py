"""What one chooses, and what administrators see."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from portal.blueprints.people.models import Person
from portal.blueprints.urgent.models.counts import DayCount
from portal.core.db import db, transaction
from tests.client import AuditingClient

Browse = Callable[[Person], AuditingClient]
At = Callable[[datetime], None]

NOON = datetime(2026, 11, 26, 11, 0, tzinfo=UTC)


class TestChoosing:
    """How it rings for one."""

    def test_what_is_chosen_is_kept(self, browse: Browse, anne: Person) -> None:
        browser = browse(anne)
        values = {"sound": "water", "loudness": "35", "notifies": "y", "talk_by": "phone", "extension": "41 12"}
        assert browser.post("/hjelp/val", data=values).status_code == 303
        page = browser.soup("/hjelp/val")
        assert page.find("input", {"name": "sound", "value": "water"}).has_attr("checked")
        assert page.find("input", {"name": "loudness"})["value"] == "35"
        assert page.find("input", {"name": "notifies"}).has_attr("checked")
        assert page.find("input", {"name": "extension"})["value"] == "41 12"

    @pytest.mark.parametrize(
        "values",
        [{"sound": "siren"}, {"loudness": "300"}, {"loudness": ""}, {"talk_by": "pigeon"}, {"extension": "call me"}],
    )
    def test_what_we_do_not_know_is_refused(self, browse: Browse, anne: Person, values: dict[str, str]) -> None:
        right = {"sound": "wood", "loudness": "60", "talk_by": "teams"}
        assert browse(anne).post("/hjelp/val", data={**right, **values}).status_code == 422


class TestTotals:
    """What administrators see of it."""

    def test_days_are_told_and_few_are_only_called_few(self, browse: Browse, carla: Person, at: At) -> None:
        at(NOON)
        numbers = {"raised": 12, "solved": 9, "nobody": 2, "within_10": 7}
        with transaction():
            for what, count in numbers.items():
                db.session.add(DayCount(day=NOON.date(), what=what, count=count))
            db.session.add(DayCount(day=NOON.date() - timedelta(days=1), what="raised", count=2))
        page = browse(carla).soup("/styring/hjelp")
        first, second = ([cell.text for cell in row.find_all(["th", "td"])] for row in page.select("tbody tr"))
        assert first[1:6] == ["12", "9", "–", "few", "–"]
        assert second[1] == "few"
        assert set(second[2:]) == {"–"}
        assert "12 calls on 1 day" in page.main.text

    def test_a_desk_that_has_never_called_has_an_empty_page(self, browse: Browse, carla: Person) -> None:
        assert "Nobody has called for help yet." in browse(carla).get("/styring/hjelp").text

    def test_it_is_not_for_colleagues(self, browse: Browse, anne: Person) -> None:
        assert browse(anne).get("/styring/hjelp").status_code == 403
