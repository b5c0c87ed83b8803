"""Attempts to read a diary without its passphrase: in tables, in files, in logs, with the server's keys, by the web."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import MetaData, select, text
from sqlalchemy.orm import Session

from bench import seeds
from portal import create_app
from portal.blueprints.checkins.models.diary import DiaryEntry
from portal.blueprints.checkins.rules.faces import Face
from portal.blueprints.people.models import Person
from portal.config import Settings
from portal.core import privacy
from portal.core.db import db, is_sqlite, transaction
from portal.core.settings import current_settings
from tests.client import AuditingClient
from tests.conftest import migrate
from tests.factories.checkins import SECRET, make_checkin
from tests.factories.diary import PASSPHRASE, THOUGHT, make_diary, write
from tests.factories.people import make_person

Browse = Callable[[Person], AuditingClient]
PAGE = "/pusterom/dagbok"


def test_no_row_of_any_table_holds_words_passphrase_or_code_also_when_the_server_opens_it(
    session: Session, anne: Person
) -> None:
    key, code = make_diary(anne)
    write(anne)
    raw = _everything(session)
    opened = seeds.unsealed(raw, current_settings().sealing_keys)
    for secret in (THOUGHT, PASSPHRASE, code, code.replace("-", "")):
        assert secret.encode() not in raw
        assert secret.encode() not in opened
    assert key.raw not in raw
    assert key.raw not in opened


def test_with_its_keys_the_server_does_open_what_it_has_sealed_itself(
    session: Session, anne: Person, bjarne: Person
) -> None:
    make_checkin(anne, reader=bjarne)
    assert SECRET.encode() in seeds.unsealed(_everything(session), current_settings().sealing_keys)


def _everything(session: Session) -> bytes:
    metadata, connection = MetaData(), session.connection()
    metadata.reflect(connection)
    rows = (row for table in metadata.tables.values() for row in connection.execute(select(table)))
    return b"\n".join(_plain(value) for row in rows for value in row)


def _plain(value: Any) -> bytes:
    if isinstance(value, bytes | memoryview):
        return bytes(value)
    return json.dumps(value, ensure_ascii=False, default=str).encode("utf-8", "surrogatepass")


def test_every_face_and_every_short_word_take_the_same_room(session: Session, anne: Person) -> None:
    make_diary(anne)
    for face in Face:
        write(anne, "", face=face)
    write(anne, "litt")
    assert len({len(sealed) for sealed in session.scalars(select(DiaryEntry.sealed))}) == 1


def test_no_column_says_when_or_in_which_order(session: Session, anne: Person) -> None:
    make_diary(anne)
    assert set(DiaryEntry.__table__.columns.keys()) == {"id", "person_id", "sealed"}
    written = []
    for number in range(12):
        write(anne, str(number))
        known = set(session.scalars(select(DiaryEntry.id)))
        written += sorted(known - set(written))
    if is_sqlite():  # its rows lie in the order of their ids; PostgreSQL has no other order either that one may rely on
        lying = [row[0] for row in session.execute(text("SELECT id FROM diary_entry NOT INDEXED"))]
        assert lying == sorted(written)
        assert lying != written


@contextmanager
def embedded(folder: Path) -> Iterator[None]:
    app = create_app(Settings(folder=folder, testing=True, base_url="http://localhost"))
    with app.app_context():
        migrate(app)
        try:
            yield
        finally:
            db.session.remove()
            db.engine.dispose()


def on_disk(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_what_moves_in_leaves_nothing_in_the_file_that_the_server_opens(tmp_path: Path) -> None:
    with embedded(tmp_path):
        with transaction():
            anne = make_person("Anne Askeland")
        make_checkin(anne)
        keys = current_settings().sealing_keys
        assert SECRET.encode() in seeds.unsealed(on_disk(tmp_path), keys)
        make_diary(anne)
        assert SECRET.encode() not in seeds.unsealed(on_disk(tmp_path), keys)


def test_what_is_deleted_is_gone_from_the_file(tmp_path: Path) -> None:
    from portal.blueprints.checkins.service import diary
    from portal.core.db import empty_journal

    with embedded(tmp_path):
        with transaction():
            anne = make_person("Anne Askeland")
        make_diary(anne)
        write(anne)
        sealed = db.session.scalar(select(DiaryEntry.sealed)) or b""
        db.session.rollback()
        assert sealed[:64] in on_disk(tmp_path)
        with transaction():
            diary.begin_anew(anne)
        empty_journal()
        assert sealed[:64] not in on_disk(tmp_path)


def test_the_log_holds_nothing_of_it(anne: Person, browse: Browse, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    client = browse(anne)
    sent = {"passphrase": PASSPHRASE, "again": PASSPHRASE, "face": "heavy", "words": THOUGHT}
    made = client.post(f"{PAGE}/oppretting", data=sent)
    client.post(f"{PAGE}/opning", data={"passphrase": PASSPHRASE})
    client.post(f"{PAGE}/opning", data={"passphrase": "feil passordfrase"})
    code = made.text.split('translate="no">')[1][:44]
    assert THOUGHT in client.get(PAGE).text
    logged = " ".join(f"{record.getMessage()} {record.__dict__}" for record in caplog.records)
    assert caplog.records
    for secret in (THOUGHT, PASSPHRASE, "feil passordfrase", code, "heavy"):
        assert secret not in logged


def test_the_session_of_an_opened_diary_carries_nothing_of_it(anne: Person, browse: Browse) -> None:
    key, _ = make_diary(anne)
    write(anne)
    client = browse(anne)
    client.post(f"{PAGE}/opning", data={"passphrase": PASSPHRASE})
    client.get(PAGE)
    with client.session_transaction() as held:
        assert not {"key", "diary"} & set(held)
        assert THOUGHT not in str(dict(held))
    cookie = client.get_cookie("diary", path=PAGE)
    assert cookie
    for shape in (key.raw.hex(), *(each.decode("latin-1") for each in seeds.shapes(key.raw.decode("latin-1")))):
        assert shape not in cookie.value


def test_no_page_of_the_house_shows_it_to_anybody_while_it_is_closed(
    app: Flask, anne: Person, bjarne: Person, carla: Person, browse: Browse
) -> None:
    make_diary(anne)
    write(anne)
    paths = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and not rule.arguments and rule.rule not in {"/live", "/favicon.ico"}
    ]
    for person in (anne, bjarne, carla):
        client = browse(person)
        for path in paths:
            answer = FlaskClient.open(client, path, follow_redirects=True)
            assert THOUGHT not in answer.text, path


def test_search_does_not_find_it(anne: Person) -> None:
    search = pytest.importorskip("portal.blueprints.search.queries")
    make_diary(anne)
    write(anne)
    assert search.find(anne, THOUGHT) == []


def test_no_export_and_no_notice_holds_it(session: Session, anne: Person, carla: Person) -> None:
    make_diary(anne)
    write(anne)
    given = [each.export(anne.id) for each in privacy.holdings() if each.export]
    assert THOUGHT not in json.dumps(given, default=str, ensure_ascii=False)
    metadata, connection = MetaData(), session.connection()
    metadata.reflect(connection)
    for name in ("audit_entry", "job", "notice"):
        assert not connection.execute(select(metadata.tables[name])).all()
