"""What the journeys stand on: a browser, and for each journey a portal of its own with its own database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, expect

from tests.databases import Databases
from tests.journeys.browser import PATIENCE, chromium
from tests.journeys.hands import Mouse
from tests.journeys.portal import Portal, exchange
from tests.journeys.stage import Stage, standing

STAGES = pytest.StashKey[list[Stage]]()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Give a Chromium. For a module, not longer: its event loop would be in the way of other tests."""
    expect.set_options(timeout=PATIENCE)
    with chromium() as running:
        yield running


@pytest.fixture(scope="class")
def set_up(
    request: pytest.FixtureRequest, browser: Browser, databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., Stage]]:
    """Give what puts a stage up; it is taken down when the class is through."""
    with ExitStack() as stack:

        def put_up(hand: type[Mouse] = Mouse, *, with_exchange: bool = True, week: bool = False) -> Stage:
            folder = tmp_path_factory.mktemp("journey")
            url = stack.enter_context(databases.migrated(folder / "var" / "tunet.sqlite"))
            rooms = stack.enter_context(exchange(folder)) if with_exchange else None
            portal = Portal(folder, database=url, exchange=rooms, week=week)
            stage = stack.enter_context(standing(portal, browser, hand))
            request.config.stash.setdefault(STAGES, []).append(stage)
            return stage

        yield put_up
    request.config.stash.setdefault(STAGES, []).clear()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Show with a failure what the portal has logged, what the browsers complain about, and where the pictures are."""
    report = yield
    stages = item.config.stash.get(STAGES, [])
    if report.failed and stages:
        stage = stages[-1]
        report.sections.append(("the portal's log", stage.portal.running.tail()))
        report.sections.append(("complaints", "\n".join(stage.complaints())))
        taken = stage.pictures(stage.portal.folder / "pictures", item.name)
        report.sections.append(("pictures", "\n".join(map(str, taken))))
    return report
