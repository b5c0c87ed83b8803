"""Teams: made by administrators or by the staff list, and asked for by the pulse."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sqlalchemy.orm import Session

from portal.blueprints.people import queries, service
from portal.blueprints.people.models import Person
from portal.blueprints.people.service import StaffRow
from portal.core.db import db, transaction
from tests.client import AuditingClient

Browse = Callable[[Person], AuditingClient]


def test_an_administrator_puts_somebody_in_a_new_team_and_then_in_none(
    anne: Person, carla: Person, browse: Browse
) -> None:
    client = browse(carla)
    client.post(f"/styring/folk/{anne.id}/lag", data={"team": "", "new_team": "Natt"})
    db.session.refresh(anne)
    assert queries.team_names()[anne.team_id or 0] == "Natt"
    chosen = client.soup(f"/styring/folk/{anne.id}").select_one("select[name=team] option[selected]")
    assert chosen is not None
    assert chosen.text == "Natt"
    client.post(f"/styring/folk/{anne.id}/lag", data={"team": "", "new_team": ""})
    db.session.refresh(anne)
    assert anne.team_id is None


def test_a_team_that_is_not_there_is_refused(anne: Person, carla: Person, browse: Browse) -> None:
    assert browse(carla).post(f"/styring/folk/{anne.id}/lag", data={"team": "99", "new_team": ""}).status_code == 422


def test_only_administrators_may(anne: Person, didrik: Person, browse: Browse) -> None:
    assert browse(didrik).post(f"/styring/folk/{anne.id}/lag", data={"team": "", "new_team": "x"}).status_code == 403


def test_the_staff_list_names_teams_and_leaves_alone_what_it_does_not_name(session: Session) -> None:
    with transaction():
        service.import_staff([_row("Aust")])
        service.import_staff([_row("")])
    assert _team_of("ola") == "Aust"
    with transaction():
        assert service.import_staff([_row("Aust")]).unchanged == 1
        service.import_staff([_row("Vest")])
    assert _team_of("ola") == "Vest"
    assert list(queries.team_names().values()) == ["Aust", "Vest"]


def _row(team: str) -> StaffRow:
    words = {"username": "ola", "name": "Ola Prøve", "email": "ola@tunet.example", "title": "", "phone": ""}
    return StaffRow(line=2, **words, locale="nn", roles=frozenset(), team=team)


def _team_of(username: str) -> str:
    person = queries.find_by_username(username)
    assert person is not None
    return queries.team_names()[person.team_id or 0]


def test_the_list_has_a_column_for_it(tmp_path: Path) -> None:
    from portal.blueprints.people import cli

    path = tmp_path / "staff.csv"
    path.write_text("username;name;email;team\nola;Ola;ola@tunet.example;Aust\n", encoding="utf-8")
    assert cli._read(path).rows[0].team == "Aust"
