"""Changing patterns, and that each change holds at once and everywhere."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.blueprints.people.models import Person
from portal.blueprints.references import ports, queries, service
from portal.blueprints.references.models import ReferencePattern, ReferenceVersion
from portal.blueprints.references.rules.patterns import CASES_MOST, PATTERNS_MOST, Case
from portal.core import audit, markdown
from portal.core.db import db, transaction
from portal.core.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.client import AuditingClient, Watch
from tests.factories.people import make_person
from tests.factories.references import draft, make_pattern

Browse = Callable[[Person], AuditingClient]
LINK = '<a href="https://utstyr.example/10482" rel="nofollow noopener noreferrer">PC-10482</a>'


def shown(text: str = "PC-10482") -> str:
    return str(markdown.to_html(text))


def test_a_pattern_makes_links_from_the_moment_it_is_added(carla: Person) -> None:
    assert LINK not in shown()
    make_pattern(carla)
    assert LINK in shown()


def test_what_is_undone_leaves_nothing_behind(carla: Person) -> None:
    db.session.commit()
    make_pattern(carla)
    assert LINK in shown()
    db.session.rollback()
    assert LINK not in shown()
    with transaction():
        make_pattern(carla, url="/utstyr/{number}", cases=(Case(text="PC-10482", links=("PC-10482",)),))
    assert '<a href="/utstyr/10482">PC-10482</a>' in shown()


def test_a_change_a_switch_and_a_removal_hold_at_once(carla: Person) -> None:
    pattern = make_pattern(carla)
    assert LINK in shown()
    wider = draft(
        pattern="[A-Z]{2}-(?P<number>[0-9]{5})", url="/u/{number}", cases=(Case(text="XY-12345", links=("/u/12345",)),)
    )
    service.change(carla, pattern.id, wider)
    assert 'href="/u/10482"' in shown()
    service.switch(carla, pattern.id, on=False)
    db.session.flush()
    assert "<a" not in shown()
    service.switch(carla, pattern.id, on=True)
    db.session.flush()
    assert 'href="/u/10482"' in shown()
    service.remove(carla, pattern.id)
    db.session.flush()
    assert "<a" not in shown()
    with pytest.raises(NotFound):
        queries.get_pattern(pattern.id)


def test_of_two_patterns_that_want_the_same_words_the_first_has_them(carla: Person) -> None:
    every = (Case(text="PC-10482", links=("PC-10482",)),)
    first = make_pattern(carla, name="A", url="/a/{number}", cases=every)
    second = make_pattern(carla, name="B", url="/b/{number}", cases=every)
    assert 'href="/a/10482"' in shown()
    service.move(carla, second.id, up=True)
    db.session.flush()
    assert 'href="/b/10482"' in shown()
    service.move(carla, second.id, up=False)
    service.move(carla, second.id, up=False)
    db.session.flush()
    assert [each.id for each in queries.all_patterns()][-2:] == [first.id, second.id]
    for _ in range(9):
        service.move(carla, first.id, up=True)
    db.session.flush()
    assert queries.all_patterns()[0].id == first.id


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"pattern": "PC-(?=1)"}, "pattern"),
        ({"pattern": "[0-9]*"}, "pattern"),
        ({"url": "http://utstyr.example/{number}"}, "url"),
        ({"url": "/utstyr/{serial}"}, "url"),
        ({"cases": ()}, "cases"),
        ({"cases": (Case(text="PC-1"),)}, "cases"),
        ({"cases": (Case(text="PC-10482", links=("PC-10482",)), Case(text="PC-10483"))}, "cases"),
        ({"cases": (Case(text="PC-10482", links=("https://utstyr.example/1",)),)}, "cases"),
        ({"cases": (Case(text="x" * 501), Case(text="PC-10482", links=("PC-10482",)))}, "cases"),
        ({"cases": (Case(text="PC-10482", links=("PC-10482",)),) * (CASES_MOST + 1)}, "cases"),
    ],
)
def test_a_pattern_that_is_not_right_is_refused_and_changes_nothing(
    carla: Person, said: dict[str, object], field: str
) -> None:
    kept = make_pattern(carla, name="Rett")
    for act in (lambda: service.add(carla, draft(**said)), lambda: service.change(carla, kept.id, draft(**said))):
        with pytest.raises(Invalid) as refusal:
            act()
        assert refusal.value.field == field
    db.session.flush()
    assert kept.name == "Rett"
    assert LINK in shown()


def test_two_patterns_do_not_share_a_name(carla: Person) -> None:
    make_pattern(carla)
    with pytest.raises(Conflict):
        make_pattern(carla)
    other = make_pattern(carla, name="Anna")
    with pytest.raises(Conflict):
        service.change(carla, other.id, draft())
    service.change(carla, other.id, draft(name="Anna"))


def test_there_is_an_end_to_how_many_patterns_are_run(carla: Person) -> None:
    for number in range(PATTERNS_MOST - len(queries.all_patterns())):
        make_pattern(carla, name=f"Nummer {number}")
    with pytest.raises(Invalid):
        make_pattern(carla, name="For mykje")


def test_every_act_is_written_down(carla: Person) -> None:
    pattern = make_pattern(carla)
    service.change(carla, pattern.id, draft())
    service.move(carla, pattern.id, up=True)
    service.switch(carla, pattern.id, on=False)
    service.switch(carla, pattern.id, on=False)  # nothing happens, and nothing is written
    service.remove(carla, pattern.id)
    db.session.flush()
    acts = [entry for entry in audit.entries() if entry.act.startswith("references.")]
    assert [entry.act.partition(".")[2] for entry in reversed(acts)] == ["add", "change", "move", "switch", "remove"]
    assert {(entry.viewer_id, entry.subject, entry.ids["pattern_id"]) for entry in acts} == {
        (carla.id, "Utstyr", pattern.id)
    }


def test_only_those_who_may_change_patterns(carla: Person, didrik: Person) -> None:
    pattern = make_pattern(carla)
    for act in (
        lambda: service.add(didrik, draft(name="X")),
        lambda: service.change(didrik, pattern.id, draft()),
        lambda: service.move(didrik, pattern.id, up=True),
        lambda: service.switch(didrik, pattern.id, on=False),
        lambda: service.remove(didrik, pattern.id),
    ):
        with pytest.raises(NotAllowed):
            act()


class TestTheFirstPatterns:
    def test_their_own_test_cases_are_right(self, session: Session) -> None:
        laid = queries.all_patterns()
        assert [each.name for each in laid] == ["Kunnskapsartiklar", "Saker"]
        for each in laid:
            assert all(outcome.is_right for outcome in queries.outcomes(each.pattern, each.url, each.cases))

    def test_article_numbers_lead_to_the_articles_here(self, session: Session) -> None:
        assert '<a href="/kunnskap/KB0001234">KB0001234</a>' in shown("Sjå KB0001234")

    def test_case_numbers_wait_for_the_settings(self, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
        assert "<a" not in shown("INC1234567")
        set_case_url(monkeypatch, "https://desk.example/case/{number}")
        assert 'href="https://desk.example/case/INC1234567"' in shown("INC1234567")


def set_case_url(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    import dataclasses

    from portal.core import settings

    monkeypatch.setattr(settings, "_current", dataclasses.replace(settings.current_settings(), case_url=url))


class TestNames:
    def test_a_colleague_is_a_link_with_the_whole_name(self, anne: Person) -> None:
        assert shown(f"Takk, @{anne.username}!") == (
            f'<p>Takk, <a href="/folk/{anne.id}" title="Anne Askeland">@{anne.username}</a>!</p>\n'
        )

    def test_the_name_is_true_after_it_has_changed(self, anne: Person) -> None:
        text = f"@{anne.username}"
        assert "Anne Askeland" in shown(text)
        with transaction():
            db.session.get_one(Person, anne.id).name = "Anne Berge"
        assert "Anne Berge" in shown(text)
        assert "Anne Askeland" not in shown(text)

    def test_whoever_comes_is_known_at_once(self, session: Session) -> None:
        assert "<a" not in shown("@nykomen")
        with transaction():
            make_person("Ny Komen").username = "nykomen"
        assert "<a" in shown("@nykomen")

    def test_whoever_has_left_still_has_a_page_but_is_not_told(self, anne: Person, carla: Person) -> None:
        from portal.blueprints.people import service as people

        text = f"@{anne.username}"
        assert queries.mentioned(text).person_ids == {anne.id}
        with transaction():
            people.deactivate(carla, db.session.get_one(Person, anne.id))
        assert "<a" in shown(text)
        assert queries.mentioned(text).person_ids == frozenset()

    def test_other_changes_of_a_person_cost_nothing(self, anne: Person) -> None:
        before = word()
        anne.theme = "dark"
        db.session.flush()
        assert word() == before
        anne.name = "Anne Berge"
        db.session.flush()
        assert word() != before

    def test_an_update_of_many_rows_is_noticed(self, anne: Person) -> None:
        text = f"@{anne.username}"
        assert "Anne Askeland" in shown(text)
        with transaction():
            db.session.execute(update(Person).values(name="Alle Saman"))
        assert "Alle Saman" in shown(text)

    def test_sql_behind_the_sessions_back_is_told_of(self, anne: Person) -> None:
        text = f"@{anne.username}"
        assert "Anne Askeland" in shown(text)
        with transaction():
            db.session.connection().execute(update(Person).values(name="Alle Saman"))
            service.renew()
        assert "Alle Saman" in shown(text)

    def test_another_slice_brings_its_names(self, anne: Person, monkeypatch: pytest.MonkeyPatch) -> None:
        register_tags(monkeypatch)
        assert shown("@citrix og @citrix-workspace") == (
            '<p><a href="/sporsmal?merke=citrix" title="Citrix">@citrix</a> og '
            '<a href="/sporsmal?merke=citrix" title="Citrix">@citrix-workspace</a></p>\n'
        )
        assert queries.mentioned("@Citrix-Workspace @citrix").tags == {"citrix"}

    def test_a_person_keeps_a_word_that_is_a_tag_too(self, anne: Person, monkeypatch: pytest.MonkeyPatch) -> None:
        register_tags(monkeypatch, anne.username)
        assert f'href="/folk/{anne.id}"' in shown(f"@{anne.username}")


def word() -> str:
    return db.session.scalars(select(ReferenceVersion.word).execution_options(populate_existing=True)).one()


def register_tags(monkeypatch: pytest.MonkeyPatch, *more: str) -> None:
    monkeypatch.setattr(ports, "sources", dict(ports.sources))
    monkeypatch.setattr(ports, "watched", dict(ports.watched))
    service.mentionable(
        ports.TAG,
        names=lambda: [(each, "citrix", "Citrix") for each in ("citrix", "citrix-workspace", *more)],
        url=lambda slug: f"/sporsmal?merke={slug}",
        of={},
    )
    service.renew()


class TestMentioned:
    def test_only_what_readers_see_as_a_link_is_a_mention(self, anne: Person, bjarne: Person) -> None:
        text = f"`@{anne.username}` @{bjarne.username} [@{anne.username}](/x)\n\n    @{anne.username}\n"
        assert queries.mentioned(text).person_ids == {bjarne.id}

    def test_after_an_edit_only_the_newly_mentioned_are_left(self, anne: Person, bjarne: Person) -> None:
        before = queries.mentioned(f"@{anne.username}")
        after = queries.mentioned(f"@{anne.username} og @{bjarne.username}")
        assert (after - before).person_ids == {bjarne.id}
        assert (before - after).person_ids == frozenset()

    def test_several_texts_are_one(self, anne: Person, bjarne: Person) -> None:
        assert queries.mentioned(f"@{anne.username}", f"@{bjarne.username}").person_ids == {anne.id, bjarne.id}
        assert queries.mentioned("", "utan").person_ids == frozenset()


def test_a_change_by_another_process_holds_from_the_next_page_on(carla: Person, browse: Browse) -> None:
    pattern = make_pattern(carla)
    client = browse(carla)
    assert "https://utstyr.example/10482" in tried(client)
    # Written past our session, as another process writes: all we can see of it is the other word in the row.
    connection = db.session.connection()
    connection.execute(update(ReferencePattern).where(ReferencePattern.id == pattern.id).values(url="/annan/{number}"))
    connection.execute(update(ReferenceVersion).values(word="another"))
    assert "/annan/10482" in tried(client)


def tried(client: AuditingClient) -> str:
    return client.post("/styring/tilvisingar/proving", data={"text": "PC-10482"}).text


def test_a_page_of_many_texts_asks_once(carla: Person, browse: Browse) -> None:
    make_pattern(carla)
    shown("PC-1 @x")
    username = carla.username
    db.session.expire_all()
    with Watch() as watch:
        for number in range(20):
            shown(f"PC-{10000 + number} @{username}")
            queries.mentioned(f"@x{number}")
    (asked,) = watch.statements
    assert "reference_version" in asked
