"""Importing, writing and retiring articles."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.blueprints.knowledge import queries, service
from portal.blueprints.knowledge.models import Article
from portal.blueprints.knowledge.service import Draft, Imported
from portal.blueprints.people.models import Person
from portal.blueprints.search import queries as search
from portal.core import audit
from portal.core.db import transaction
from portal.core.errors import Conflict, Invalid, NotAllowed, NotFound
from portal.core.patient_data import PatientData
from tests.factories.knowledge import lines, make_article, row

IDENTITY_NUMBER = "13097248022"


def count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Article)) or 0


def take_in(*rows: object) -> Imported:
    done = Imported()
    for chunk in service.chunks(service.read_rows(lines(*rows)).rows):
        with transaction():
            done += service.import_articles(chunk)
    return done


def test_an_import_gives_numbers_and_can_be_found(session: Session, anne: Person) -> None:
    rows = [row(), row(id="b", title="Nullstille passord", heading_en="Reset a password")]
    assert take_in(*rows) == Imported(added=2)
    assert sorted(session.scalars(select(Article.number))) == ["KB10001", "KB10002"]
    for words in ("skrivarkø", "KB10001"):
        assert search.find(anne, words, kinds=("article",))[0].title == "Starte skriverkøen"
    assert search.find(anne, "reset password")[0].title == "Nullstille passord"


def test_the_same_import_again_changes_nothing(session: Session) -> None:
    take_in(row())
    assert take_in(row()) == Imported(unchanged=1)
    assert session.scalars(select(Article.version)).all() == [1]


def test_an_import_that_was_cut_off_goes_on_where_it_ended(session: Session) -> None:
    rows = service.read_rows(lines(*(row(id=str(number), title=f"Nr {number}") for number in range(7)))).rows
    first, *_ = service.chunks(rows, size=3)
    with transaction():
        service.import_articles(first)
    with transaction():
        assert service.import_articles(rows) == Imported(added=4, unchanged=3)
    assert count(session) == 7
    assert len(set(session.scalars(select(Article.number)))) == 7


def test_a_changed_row_changes_the_article_and_what_is_found(session: Session, anne: Person) -> None:
    take_in(row())
    assert take_in(row(body_markdown="Tøm skriverkøen først.")) == Imported(changed=1)
    assert count(session) == 1
    assert search.find(anne, "tøm")


def test_what_was_changed_here_is_left_alone(carla: Person) -> None:
    take_in(row())
    with transaction():
        service.edit(carla, "KB10001", Draft(title="Eigen tittel", body="Eigen tekst."), version=1)
    assert take_in(row(body_markdown="Ny tekst frå kjelda.")) == Imported(left_alone=1)
    assert queries.get_article(carla, "KB10001").body == "Eigen tekst."


def test_a_retired_article_is_not_shown_again_by_the_import(anne: Person, carla: Person) -> None:
    take_in(row())
    with transaction():
        service.publish(carla, "KB10001", published=False)
    assert take_in(row(body_markdown="Ny tekst.")) == Imported(changed=1)
    assert search.find(anne, "skriverkøen") == []
    with pytest.raises(NotFound):
        queries.get_article(anne, "KB10001")


def test_each_bad_line_is_told_with_its_number_and_never_repeated() -> None:
    rows = lines(row(), row(id="b", title=""), row(id="c", body_markdown=f"pasient {IDENTITY_NUMBER}"), row())
    rows += [b"", b"{", b"\xff\xfe", b"[]", b"[" * 100_000, lines(row(id="d"))[0]]
    checked = service.read_rows(rows)
    assert [each.key for each in checked.rows] == ["start-print-queue", "d"]
    assert [bad.line for bad in checked.bad] == [2, 3, 4, 6, 7, 8, 9]
    assert IDENTITY_NUMBER not in repr(checked.bad)


def test_a_number_given_by_the_source_is_kept(session: Session) -> None:
    take_in(row(number="KB0010482"), row(id="b"))
    assert sorted(session.scalars(select(Article.number))) == ["KB0010482", "KB10483"]


def test_a_number_that_another_article_has_stops_the_import(session: Session) -> None:
    make_article(number="KB10482")
    with pytest.raises(Conflict):
        take_in(row(number="KB10482"))
    assert count(session) == 1


def test_the_same_number_twice_in_a_file_is_a_bad_line() -> None:
    checked = service.read_rows(lines(row(number="KB10482"), row(id="b", number="KB10482")))
    assert [bad.line for bad in checked.bad] == [2]


def test_articles_written_here_get_the_next_number(carla: Person) -> None:
    make_article(number="KB20000")
    with transaction():
        article = service.add(carla, Draft(title="Ny  rutine", body="Ring vakta.", tags=["Rutinar", "rutinar"]))
    assert (article.number, article.title, article.tags) == ("KB20001", "Ny rutine", ("rutinar",))
    assert article.owner_id == carla.id
    assert audit.entries(1)[0].act == "knowledge.add"


def test_two_who_change_the_same_article_do_not_overwrite_each_other(carla: Person) -> None:
    article = make_article()
    with transaction():
        service.edit(carla, article.number, Draft(title="Første", body="A"), version=1)
    with pytest.raises(Conflict), transaction():
        service.edit(carla, article.number, Draft(title="Andre", body="B"), version=1)
    assert queries.get_article(carla, article.number).title == "Første"


def test_patient_data_and_empty_texts_are_refused(session: Session, carla: Person) -> None:
    for draft in (Draft(title="A", body=IDENTITY_NUMBER), Draft(title=IDENTITY_NUMBER, body="A")):
        with pytest.raises(PatientData), transaction():
            service.add(carla, draft)
    for draft in (Draft(title=" ", body="A"), Draft(title="A", body=""), Draft(title="A", body="A", tags=["a" * 41])):
        with pytest.raises(Invalid), transaction():
            service.add(carla, draft)
    assert count(session) == 0


def test_those_who_do_not_look_after_articles_change_nothing(didrik: Person, otto: Person) -> None:
    article = make_article()
    for person in (didrik, otto):
        with pytest.raises(NotAllowed), transaction():
            service.add(person, Draft(title="A", body="B"))
        with pytest.raises(NotAllowed), transaction():
            service.edit(person, article.number, Draft(title="A", body="B"), version=1)
        with pytest.raises(NotAllowed), transaction():
            service.publish(person, article.number, published=False)
