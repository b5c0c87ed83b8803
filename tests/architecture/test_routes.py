"""Every route says who may call it, and every change is committed in one place."""

from __future__ import annotations

from flask import Flask

SAFE = {"GET", "HEAD", "OPTIONS"}


def marked(view: object, name: str) -> object:
    """Look for a mark on a view and on what its decorators wrap."""
    while view is not None:
        if hasattr(view, name):
            return getattr(view, name)
        view = getattr(view, "__wrapped__", None)
    return None


def test_every_route_says_who_may_call_it(app: Flask) -> None:
    silent = [name for name, view in app.view_functions.items() if marked(view, "access") is None]
    assert not silent, f"no @public, @signed_in or @may: {silent}"


def test_every_permission_that_a_route_asks_for_is_held_by_a_role(app: Flask) -> None:
    from portal.blueprints.people.rules import PERMISSIONS

    held = set().union(*PERMISSIONS.values()) | {"public", "signed_in"}
    asked = {str(marked(view, "access")) for view in app.view_functions.values()}
    assert asked <= held


def test_every_unsafe_route_commits_once(app: Flask) -> None:
    unsafe = {rule.endpoint for rule in app.url_map.iter_rules() if set(rule.methods or ()) - SAFE}
    without = [name for name in unsafe if not marked(app.view_functions[name], "commits")]
    assert not without, f"no @commits: {without}"


def test_no_safe_route_commits(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        if not set(rule.methods or ()) - SAFE:
            assert not marked(app.view_functions[rule.endpoint], "commits"), rule


def test_addresses_are_plain_letters(app: Flask) -> None:
    assert [rule.rule for rule in app.url_map.iter_rules() if not rule.rule.isascii()] == []
