"""Attempts to read what was not meant for one: by id, by role, in the raw database, in notices, logs and exports."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import MetaData, select
from sqlalchemy.orm import Session

from portal import create_app
from portal.blueprints.checkins.models.checkins import CheckIn
from portal.blueprints.checkins.queries import confidences
from portal.blueprints.checkins.rules.faces import Face
from portal.blueprints.checkins.service import checking_in
from portal.blueprints.people import service as people
from portal.blueprints.people.models import Person
from portal.config import Settings
from portal.core import privacy, sealing, settings
from portal.core.db import db, transaction
from portal.core.errors import NotFound
from tests.client import AuditingClient
from tests.conftest import migrate
from tests.factories.checkins import SECRET, make_checkin
from tests.factories.people import make_person

Browse = Callable[[Person], AuditingClient]


@pytest.fixture
def checkin(anne: Person, bjarne: Person) -> CheckIn:
    """Anne has had a heavy day and tells Bjarne."""
    return make_checkin(anne, reader=bjarne)


def test_the_two_can_read_it(checkin: CheckIn, anne: Person, bjarne: Person, browse: Browse) -> None:
    for person in (anne, bjarne):
        assert SECRET in browse(person).get(f"/pusterom/innsjekk/{checkin.id}").text
    assert SECRET in browse(bjarne).get("/pusterom/delt").text
    assert SECRET in browse(anne).get("/pusterom/mine").text


def test_nobody_else_can_not_even_an_administrator(
    checkin: CheckIn, carla: Person, didrik: Person, otto: Person, browse: Browse
) -> None:
    for person in (carla, didrik, otto):
        client = browse(person)
        refused = client.get(f"/pusterom/innsjekk/{checkin.id}")
        assert refused.status_code == 404
        assert SECRET not in refused.text
        assert client.post(f"/pusterom/innsjekk/{checkin.id}/lesar", data={"audience": "me"}).status_code == 404
        assert client.post(f"/pusterom/innsjekk/{checkin.id}/sletting").status_code == 404
        with pytest.raises(NotFound):
            checkin.opened_by(person.id)


def test_what_is_not_ones_own_cannot_be_told_from_what_is_not_there(
    checkin: CheckIn, didrik: Person, browse: Browse
) -> None:
    client = browse(didrik)
    hidden, missing = (client.get(f"/pusterom/innsjekk/{each}") for each in (checkin.id, "A" * 22))
    assert hidden.status_code == missing.status_code == 404
    strip = lambda answer: answer.text.replace(answer.headers["X-Request-Id"], "")  # noqa: E731
    assert _without_nonces(strip(hidden)) == _without_nonces(strip(missing))


def _without_nonces(text: str) -> str:
    lines = text.splitlines()
    return "\n".join(line for line in lines if "nonce" not in line and "csrf" not in line and "here" not in line)


def test_ids_cannot_be_counted_up(anne: Person) -> None:
    ids = [make_checkin(anne, words=str(number)).id for number in range(5)]
    assert len(set(ids)) == 5
    assert all(len(each) == 22 and not each.isdigit() for each in ids)


def test_nobody_reaches_into_the_id_of_another_with_their_form_key(anne: Person, didrik: Person) -> None:
    own = make_checkin(anne, key="k" * 22)
    other = make_checkin(didrik, key="k" * 22, words="noko anna")
    assert own.id != other.id
    assert own.opened_by(anne.id).words == SECRET


def test_no_page_of_the_house_shows_it_to_others(
    app: Flask, checkin: CheckIn, carla: Person, didrik: Person, browse: Browse
) -> None:
    for person in (carla, didrik):
        client = browse(person)
        for path in _pages_without_arguments(app):
            # Without the audit of whole pages: pieces of pages are looked through too.
            answer = FlaskClient.open(client, path, follow_redirects=True)
            assert SECRET not in answer.text, path
            assert checkin.id not in answer.text, path


def _pages_without_arguments(app: Flask) -> list[str]:
    rules = (rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and not rule.arguments)
    return [rule.rule for rule in rules if rule.rule not in {"/live", "/favicon.ico"}]  # one never ends, one is a file


def test_search_does_not_find_it(checkin: CheckIn, anne: Person, bjarne: Person, carla: Person) -> None:
    search = pytest.importorskip("portal.blueprints.search.queries")
    for person in (anne, bjarne, carla):
        assert search.find(person, SECRET) == []


def test_no_row_of_any_table_holds_the_words_or_the_face(session: Session, checkin: CheckIn) -> None:
    assert _rows_with(session, (SECRET, *(face.value for face in Face))) == []


def _rows_with(session: Session, words: Iterable[str]) -> list[str]:
    metadata = MetaData()
    connection = session.connection()
    metadata.reflect(connection)
    found = []
    for table in metadata.tables.values():
        for row in connection.execute(select(table)):
            raw = " ".join(_plain(value) for value in row)
            found += [f"{table.name}: {word}" for word in words if word in raw]
    return found


def _plain(value: Any) -> str:
    if isinstance(value, bytes | memoryview):
        return bytes(value).decode("latin-1")
    return json.dumps(value, ensure_ascii=False, default=str)


def test_no_byte_on_disk_tells_it_neither_in_the_file_nor_in_its_log(app: Flask, tmp_path: Path) -> None:
    before = settings.current_settings()
    folder = tmp_path / "var"
    embedded = create_app(Settings(folder=folder, testing=True, base_url="http://localhost"))
    try:
        with embedded.app_context():
            migrate(embedded)
            _live_a_day_of_check_ins()
            files = [path for path in folder.rglob("*") if path.is_file() and path.name != "sealing.key"]
            raw = b"".join(path.read_bytes() for path in files)
            assert any(path.name.endswith("-wal") for path in files)
            assert b"Anne Askeland" in raw  # the search below would find what stands there in clear
            for secret in (SECRET, "endra meining", *(f'"{face.value}"' for face in Face)):
                assert secret.encode() not in raw
                assert secret.encode("utf-16-le") not in raw
            db.session.remove()
            db.engine.dispose()
    finally:
        settings.use(before)


def _live_a_day_of_check_ins() -> None:
    with transaction():
        anne, bjarne = make_person("Anne Askeland"), make_person("Bjarne Svartveit")
    own = make_checkin(anne)
    shared = make_checkin(anne, reader=bjarne, face=Face.TIRED)
    make_checkin(anne, face=Face.GREAT, words="endra meining")
    with transaction():
        checking_in.choose_reader(anne, shared.id, reader_id=None)
        checking_in.choose_reader(anne, own.id, reader_id=bjarne.id)
    with transaction():
        checking_in.delete(anne, shared.id)
    assert confidences.shared_with(bjarne).items[0].said.words == SECRET  # type: ignore[union-attr]


def test_every_face_alone_takes_the_same_room(anne: Person) -> None:
    assert len({len(make_checkin(anne, face=face, words="").sealed) for face in Face}) == 1


def test_a_sealed_text_does_not_open_in_another_row(checkin: CheckIn, anne: Person, didrik: Person) -> None:
    stolen = make_checkin(didrik, words="mitt eige")
    stolen.sealed = checkin.sealed
    with pytest.raises(sealing.Unreadable):
        stolen.opened_by(didrik.id)
    db.session.expire(stolen)


def test_writing_oneself_in_as_the_reader_does_not_open_it(checkin: CheckIn, didrik: Person) -> None:
    checkin.reader_id = didrik.id
    with pytest.raises(sealing.Unreadable):
        checkin.opened_by(didrik.id)
    db.session.expire(checkin)


def test_the_notice_and_its_mail_say_that_it_was_shared_not_what(
    session: Session, checkin: CheckIn, bjarne: Person, browse: Browse
) -> None:
    inbox = browse(bjarne).get("/varsel/").text
    assert "Anne Askeland has shared something with you" in inbox
    assert SECRET not in inbox
    assert "heavy" not in inbox.lower()


def test_the_log_of_a_check_in_holds_nothing_of_it(
    anne: Person, bjarne: Person, browse: Browse, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    form = {"face": "heavy", "words": SECRET, "audience": "one", "reader": str(bjarne.id)}
    assert browse(anne).post("/pusterom/innsjekk", data=form).status_code == 303
    logged = " ".join(f"{record.getMessage()} {record.__dict__}" for record in caplog.records)
    assert caplog.records
    assert SECRET not in logged
    assert "heavy" not in logged


def test_the_audit_log_and_the_jobs_hold_nothing_of_it(session: Session, checkin: CheckIn) -> None:
    connection, metadata = session.connection(), MetaData()
    metadata.reflect(connection)
    for name in ("audit_entry", "job"):
        rows = " ".join(str(tuple(row)) for row in connection.execute(select(metadata.tables[name])))
        assert SECRET not in rows
        assert checkin.id not in rows


def test_an_export_holds_ones_own_words_and_nobody_elses(checkin: CheckIn, anne: Person, bjarne: Person) -> None:
    exports = [each.export for each in privacy.holdings() if each.slice == "checkins" and each.export]
    assert SECRET in json.dumps([export(anne.id) for export in exports])
    assert SECRET not in json.dumps([export(bjarne.id) for export in exports])


def test_a_reader_who_leaves_is_no_longer_the_reader(
    checkin: CheckIn, anne: Person, bjarne: Person, carla: Person, browse: Browse
) -> None:
    client = browse(bjarne)
    with transaction():
        people.deactivate(carla, bjarne)
    assert client.get(f"/pusterom/innsjekk/{checkin.id}").status_code == 303  # to the sign-in page
    with transaction():
        people.reactivate(carla, bjarne)
    assert browse(bjarne).get(f"/pusterom/innsjekk/{checkin.id}").status_code == 404
    assert SECRET in browse(anne).get(f"/pusterom/innsjekk/{checkin.id}").text


def test_choosing_another_ends_the_first_ones_access_at_once(
    checkin: CheckIn, anne: Person, bjarne: Person, didrik: Person, browse: Browse
) -> None:
    first = browse(bjarne)
    assert first.get(f"/pusterom/innsjekk/{checkin.id}").status_code == 200
    changed = {"audience": "one", "reader": str(didrik.id)}
    assert browse(anne).post(f"/pusterom/innsjekk/{checkin.id}/lesar", data=changed).status_code == 303
    assert first.get(f"/pusterom/innsjekk/{checkin.id}").status_code == 404
    assert "has shared something" not in first.get("/varsel/").text
    assert SECRET in browse(didrik).get(f"/pusterom/innsjekk/{checkin.id}").text


def test_an_old_copy_of_the_row_does_not_open_for_the_former_reader(
    checkin: CheckIn, anne: Person, bjarne: Person, didrik: Person
) -> None:
    before = checkin.sealed
    with transaction():
        checking_in.choose_reader(anne, checkin.id, reader_id=didrik.id)
    with pytest.raises(NotFound):
        checkin.opened_by(bjarne.id)
    checkin.sealed = before
    with pytest.raises(sealing.Unreadable):
        checkin.opened_by(didrik.id)
    db.session.expire(checkin)


def test_the_reader_cannot_change_or_delete_it(
    checkin: CheckIn, bjarne: Person, didrik: Person, browse: Browse
) -> None:
    client = browse(bjarne)
    passed_on = {"audience": "one", "reader": str(didrik.id)}
    assert client.post(f"/pusterom/innsjekk/{checkin.id}/lesar", data=passed_on).status_code == 403
    assert client.post(f"/pusterom/innsjekk/{checkin.id}/sletting").status_code == 403
    assert "lesar" not in client.get(f"/pusterom/innsjekk/{checkin.id}").text


def test_a_page_with_confidences_is_not_kept_by_the_browser(checkin: CheckIn, anne: Person, browse: Browse) -> None:
    for path in ("/pusterom/mine", f"/pusterom/innsjekk/{checkin.id}"):
        assert browse(anne).get(path).headers["Cache-Control"] == "no-store"
