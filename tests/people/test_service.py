from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from portal.blueprints.people import queries, service
from portal.blueprints.people.facts import PersonJoined, PersonLeft
from portal.blueprints.people.models import OneTimeLink, Person
from portal.blueprints.people.rules import Role
from portal.blueprints.people.signin import password as passwords
from portal.core import facts
from portal.core.audit import AuditEntry
from portal.core.db import db, transaction
from portal.core.errors import Conflict, Invalid, NotFound, TooMany
from tests.factories.people import make_person
from tests.people.conftest import NEW, PASSWORD

NOON = datetime(2026, 11, 26, 11, 0, tzinfo=UTC)
At = Callable[[datetime], None]
Give = Callable[[Person], Person]


@pytest.mark.parametrize("login", ["{username}", "{USERNAME}", "  {username} ", "{email}", "{EMAIL}"])
def test_a_person_comes_in_by_user_name_or_address(anne: Person, with_password: Give, login: str) -> None:
    with_password(anne)
    names = {
        "username": anne.username,
        "USERNAME": anne.username.upper(),
        "email": anne.email,
        "EMAIL": anne.email.upper(),
    }
    assert service.sign_in(login.format(**names), PASSWORD, address="10.0.0.1") is anne


@pytest.mark.parametrize(
    "wrong", ["", PASSWORD.upper(), PASSWORD + " ", PASSWORD[:-1], " " + PASSWORD, PASSWORD + "\0", PASSWORD * 8]
)
def test_nothing_but_the_whole_password_opens(anne: Person, with_password: Give, wrong: str) -> None:
    with_password(anne)
    assert service.sign_in(anne.username, wrong, address="10.0.0.1") is None


def test_whoever_has_no_password_yet_cannot_come_in(anne: Person) -> None:
    for password in ("", "nobody has this password"):
        assert service.sign_in(anne.username, password, address="10.0.0.1") is None


def test_passwords_are_kept_as_argon2id(anne: Person) -> None:
    with transaction():
        service.set_password(anne, PASSWORD)
    assert anne.password_hash
    assert anne.password_hash.startswith("$argon2id$v=19$m=47104,t=1,p=1$")
    assert PASSWORD not in anne.password_hash


def test_a_weaker_digest_of_before_is_made_anew_on_the_way_in(anne: Person) -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)
    with transaction():
        anne.password_hash = weak
        assert service.sign_in(anne.username, "wrong", address="10.0.0.1") is None
        assert anne.password_hash == weak
        assert service.sign_in(anne.username, PASSWORD, address="10.0.0.1") is anne
    assert anne.password_hash != weak
    assert passwords.is_right(anne.password_hash, PASSWORD)


def test_a_digest_that_cannot_be_read_lets_nobody_in(anne: Person) -> None:
    with transaction():
        anne.password_hash = "not a digest"
    assert service.sign_in(anne.username, "not a digest", address="10.0.0.1") is None


def test_an_old_password_never_has_to_be_changed(anne: Person, with_password: Give, at: At) -> None:
    with_password(anne)
    at(NOON + timedelta(days=365 * 3))
    assert service.sign_in(anne.username, PASSWORD, address="10.0.0.1") is anne


def test_tries_are_counted_by_account_from_wherever_they_come(anne: Person, with_password: Give, at: At) -> None:
    at(NOON)
    with_password(anne)
    for n in range(service.TRIES_PER_ACCOUNT):
        assert service.sign_in(anne.username, "wrong", address=f"10.0.0.{n}") is None
    with pytest.raises(TooMany):
        service.sign_in(anne.username.upper(), PASSWORD, address="10.0.1.1")
    at(NOON + service.TRY_WINDOW)
    assert service.sign_in(anne.username, PASSWORD, address="10.0.1.1") is anne


@pytest.mark.parametrize(("age", "is_open"), [(timedelta(hours=48, seconds=-1), True), (timedelta(hours=48), False)])
def test_a_link_lives_two_days(anne: Person, at: At, age: timedelta, is_open: bool) -> None:
    at(NOON)
    with transaction():
        secret = service.make_link(anne)
    at(NOON + age)
    if is_open:
        assert service.get_open_link(secret).person is anne
    else:
        with pytest.raises(NotFound):
            service.get_open_link(secret)


def test_a_link_works_once(anne: Person) -> None:
    with transaction():
        secret = service.make_link(anne)
        service.sign_in_by_link(secret, NEW, address="10.0.0.1")
    with pytest.raises(NotFound):
        service.sign_in_by_link(secret, PASSWORD, address="10.0.0.1")
    assert passwords.is_right(anne.password_hash, NEW)


def test_a_refused_password_does_not_use_the_link_up(anne: Person) -> None:
    with transaction():
        secret = service.make_link(anne)
    with pytest.raises(Invalid) as refusal:
        service.sign_in_by_link(secret, "short", address="10.0.0.1")
    assert refusal.value.field == "password"
    assert service.sign_in_by_link(secret, NEW, address="10.0.0.1") is anne


def test_a_link_of_somebody_who_has_left_is_closed(anne: Person, carla: Person) -> None:
    with transaction():
        secret = service.make_link(anne)
        service.deactivate(carla, anne)
    with pytest.raises(NotFound):
        service.get_open_link(secret)


def test_secrets_are_long_random_and_kept_as_digests(anne: Person) -> None:
    with transaction():
        secrets = {service.make_link(anne) for _ in range(20)}
    assert len(secrets) == 20
    assert {len(secret) for secret in secrets} == {43}
    kept = set(db.session.scalars(select(OneTimeLink.digest)))
    assert not kept & secrets


def test_the_last_administrator_can_neither_leave_nor_lose_the_role(carla: Person) -> None:
    for change in (lambda: service.deactivate(carla, carla), lambda: service.give_roles(carla, carla, [])):
        with pytest.raises(Conflict):
            change()
    assert carla.is_active
    assert Role.ADMINISTRATOR in carla.roles


def test_one_of_two_administrators_may_go(carla: Person) -> None:
    with transaction():
        other = make_person("Kari", roles={Role.ADMINISTRATOR})
        service.give_roles(carla, other, [])
    assert [person.id for person in queries.with_role(Role.ADMINISTRATOR)] == [carla.id]


def test_an_administrator_who_has_left_does_not_count_and_can_lose_the_role(carla: Person) -> None:
    with transaction():
        left = make_person("Kari", roles={Role.ADMINISTRATOR}, is_active=False)
    with pytest.raises(Conflict):
        service.deactivate(carla, carla)
    with transaction():
        service.give_roles(carla, left, [])
        service.deactivate(carla, left)
    assert left.roles == {Role.COLLEAGUE}


def test_roles_that_sound_alike_are_not_mixed_up(carla: Person, otto: Person) -> None:
    assert [person.id for person in queries.with_role(Role.ORGANISER)] == [otto.id]
    assert queries.with_role(Role.PEER_SUPPORTER) == []
    assert len(queries.with_role(Role.COLLEAGUE)) == 2


def test_leaving_and_coming_are_told_and_written_down(carla: Person, anne: Person) -> None:
    told: list[object] = []
    kept = {kind: list(listeners) for kind, listeners in facts._listeners.items()}
    facts.on(PersonLeft, PersonJoined)(told.append)
    try:
        with transaction():
            service.deactivate(carla, anne)
            service.reactivate(carla, anne)
            joined = service.join(name="Ny", username="NY", email="NY@x.example")
    finally:
        facts._listeners.clear()
        facts._listeners.update(kept)
    assert told == [PersonLeft(person_id=anne.id), PersonJoined(person_id=joined.id)]
    acts = db.session.scalars(select(AuditEntry.act).where(AuditEntry.viewer_id == carla.id)).all()
    assert acts == ["people.deactivate", "people.reactivate"]
    assert (joined.username, joined.email) == ("ny", "ny@x.example")


def test_whoever_comes_back_needs_a_new_password(carla: Person, anne: Person, with_password: Give) -> None:
    with_password(anne)
    with transaction():
        service.deactivate(carla, anne)
        service.reactivate(carla, anne)
    assert service.sign_in(anne.username, PASSWORD, address="10.0.0.1") is None


@pytest.mark.parametrize(
    "remembered", ["", ".", "1", "1.", ".1", "x.1", "1.x", "-1.1", "1.1.1", "²." + "1", "9" * 30 + ".1"]
)
def test_a_session_that_makes_no_sense_is_nobodys(anne: Person, remembered: str) -> None:
    assert queries.find_by_session(remembered, "a name") is None


def test_the_audit_log_holds_no_names(carla: Person, anne: Person) -> None:
    with transaction():
        service.give_roles(carla, anne, [Role.ORGANISER])
        service.make_link(anne, by=carla.id)
    kept = repr([(entry.act, entry.subject, entry.ids) for entry in db.session.scalars(select(AuditEntry))])
    assert "Askeland" not in kept
    assert anne.email not in kept
