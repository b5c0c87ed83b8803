"""One press from a mail; groups; and hearing of new evenings."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from bs4 import BeautifulSoup

from portal.blueprints.events.facts import SeatOffered
from portal.blueprints.events.models.evenings import Evening, Kind
from portal.blueprints.events.models.signups import ShownAs, SignUp, SignUpState
from portal.blueprints.events.queries import attendance, following
from portal.blueprints.events.service import answers, evenings, follows, groups, series, signups
from portal.blueprints.notifications.channels import letters
from portal.blueprints.notifications.models import Mail, Notice
from portal.blueprints.notifications.service import drafts
from portal.blueprints.people import service as people
from portal.blueprints.people.models import Person
from portal.core import jobs, tokens
from portal.core.db import db, transaction
from portal.core.errors import NotFound
from tests.client import AuditingClient
from tests.factories.events import MONDAY, evening_wish, make_evening, make_sign_up, series_wish
from tests.factories.people import make_person

Browse = Callable[[Person], AuditingClient]
LINK = re.compile(r"/kveldar/svar/([\w.\-]+)")


def words(soup: BeautifulSoup) -> str:
    return " ".join(soup.get_text(" ").split())


def path(person: Person, evening: Evening, act: str = "yes") -> str:
    return f"/kveldar/svar/{tokens.sign(answers.PURPOSE, [person.id, evening.id, act])}"


def mine(person: Person, evening: Evening) -> SignUp | None:
    return signups.of(person.id, attendance.sign_ups(evening.id))


def letter(person: Person, kind: str) -> letters.Letter:
    """Give the last mail of a kind that waits for a person, as it will be sent."""
    mail = db.session.query(Mail).filter_by(person_id=person.id, kind=kind).order_by(Mail.id.desc()).first()
    assert mail
    draft = drafts.of_mail(mail.id)
    assert draft
    return letters.write(draft)


@pytest.fixture
def offered(anne: Person, bjarne: Person) -> Evening:
    """Make an evening with one seat, which Bjarne has been offered."""
    with transaction():
        evening = make_evening(capacity=1)
        signups.sign_up(anne, evening.id)
        signups.sign_up(bjarne, evening.id)
        signups.give_up(anne, evening.id)
    return evening


def test_the_mail_that_offers_a_seat_has_a_yes_and_a_no_that_work(
    client: AuditingClient, bjarne: Person, offered: Evening
) -> None:
    sent = letter(bjarne, "events.offer")
    yes, no = LINK.findall(sent.text)
    assert answers.read(yes).act == answers.Act.YES
    assert answers.read(no).act == answers.Act.NO
    soup = client.soup(f"/kveldar/svar/{yes}")
    assert offered.title in words(soup)
    assert len(soup.find("main").find_all("button")) == 1  # type: ignore[union-attr]
    assert attendance.get_sign_up(bjarne.id, offered.id).state == SignUpState.OFFERED, "opening it changes nothing"
    client.post(f"/kveldar/svar/{yes}")
    assert attendance.is_in(bjarne.id, offered.id)
    assert "You are coming" in words(client.soup(f"/kveldar/svar/{yes}"))
    client.post(f"/kveldar/svar/{yes}")
    client.post(f"/kveldar/svar/{no}")
    assert mine(bjarne, offered) is None
    assert "You are not signed up." in words(client.soup(f"/kveldar/svar/{no}"))


def test_no_key_to_anything_is_stored_with_the_mail(bjarne: Person, offered: Evening) -> None:
    (mail,) = db.session.query(Mail).filter_by(person_id=bjarne.id, kind="events.offer")
    (token, _) = LINK.findall(letter(bjarne, "events.offer").text)
    assert token not in str(mail.params)
    assert token not in " ".join(str(job.args) for job in db.session.query(jobs.Job))


def test_an_answer_to_an_offer_that_has_gone_on_is_told_kindly(
    client: AuditingClient, bjarne: Person, carla: Person, offered: Evening, at: Callable[[datetime], None]
) -> None:
    until = attendance.get_sign_up(bjarne.id, offered.id).offered_until
    assert until
    with transaction():
        signups.sign_up(carla, offered.id)
    at(until)
    jobs.run_due(50)
    page = words(client.soup(path(bjarne, offered)))
    assert "Put me on the waiting list" in page
    client.post(path(bjarne, offered))
    assert attendance.get_sign_up(bjarne.id, offered.id).state == SignUpState.WAITING


def test_an_answer_in_the_last_moment_that_comes_too_late_changes_nothing(
    client: AuditingClient, bjarne: Person, offered: Evening, at: Callable[[datetime], None]
) -> None:
    until = attendance.get_sign_up(bjarne.id, offered.id).offered_until
    assert until
    client.soup(path(bjarne, offered))
    at(until)
    client.post(path(bjarne, offered))
    found = attendance.get_sign_up(bjarne.id, offered.id)
    assert found.is_in, "nobody else waited: they are as welcome as anybody who comes now"


def test_a_link_holds_until_the_evening_begins_and_no_longer(
    client: AuditingClient, anne: Person, otto: Person, at: Callable[[datetime], None]
) -> None:
    with transaction():
        evening, off = make_evening(), make_evening()
        evenings.cancel(otto, off.id)
    client.post(path(anne, off))
    assert "This evening is called off." in words(client.soup(path(anne, off)))
    at(evening.starts_at)
    client.post(path(anne, evening))
    assert "It has begun already." in words(client.soup(path(anne, evening)))
    assert mine(anne, evening) is None
    assert mine(anne, off) is None


def test_of_somebody_who_has_left_or_an_evening_that_is_gone_there_is_a_kind_page(
    client: AuditingClient, anne: Person, carla: Person
) -> None:
    with transaction():
        evening = make_evening()
        people.deactivate(carla, anne)
    for address in (path(anne, evening), f"/kveldar/svar/{tokens.sign(answers.PURPOSE, [carla.id, 999, 'yes'])}"):
        answer = client.get(address)
        assert answer.status_code == 410
        assert "This evening is not here any more" in answer.text
        client.post(address)
    assert mine(anne, evening) is None


@pytest.mark.parametrize("token", ["x", "WzEsMSwieWVzIl0.abc", "a" * 400])
def test_nobody_makes_up_a_token(client: AuditingClient, token: str, anne: Person) -> None:
    assert client.get(f"/kveldar/svar/{token}").status_code == 404
    assert client.post(f"/kveldar/svar/{token}").status_code == 404


def test_a_token_for_something_else_opens_no_answer(anne: Person) -> None:
    with transaction():
        evening = make_evening()
    for token in (
        tokens.sign("something.else", [anne.id, evening.id, "yes"]),
        tokens.sign(answers.PURPOSE, [anne.id, evening.id, "anything"]),
        tokens.sign(answers.PURPOSE, [anne.id, evening.id]),
        tokens.sign(answers.PURPOSE, [10**9, evening.id, "yes"]),
    ):
        with pytest.raises(NotFound):
            answers.read(token)


def test_the_page_of_an_answer_speaks_the_readers_language_and_leaks_its_address_to_nobody(
    client: AuditingClient, anne: Person
) -> None:
    with transaction():
        evening = make_evening()
        anne.locale = "nb"
    answer = client.get(path(anne, evening))
    assert 'lang="nb"' in answer.text
    assert answer.headers["Referrer-Policy"] == "strict-origin"
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_group_is_made_shared_and_joined(browse: Browse, anne: Person, bjarne: Person) -> None:
    with transaction():
        evening = make_evening()
        signups.sign_up(anne, evening.id, shown_as=ShownAs.SOMEONE)
    client = browse(anne)
    client.post(f"/kveldar/{evening.id}/saman")
    link = client.soup(f"/kveldar/{evening.id}").find(id="group-link")
    assert link
    address = str(link["value"]).removeprefix("http://localhost")
    guest = browse(bjarne)
    page = words(guest.soup(address))
    assert "1 colleague" in page
    assert anne.name not in page.split("Come together")[-1], "who shows no name shows none here either"
    guest.post(f"{address}/med")
    page = words(guest.soup(f"/kveldar/{evening.id}"))
    assert "You come together:" in page
    assert attendance.is_in(bjarne.id, evening.id)
    assert "You are in this group." in words(guest.soup(address))
    guest.post(f"/kveldar/{evening.id}/saman/ut")
    assert "You come together:" not in words(guest.soup(f"/kveldar/{evening.id}"))


def test_who_waits_may_choose_to_wait_for_the_others(browse: Browse, anne: Person, bjarne: Person) -> None:
    with transaction():
        evening = make_evening(capacity=1)
        for person in (make_person(), anne, bjarne):
            signups.sign_up(person, evening.id)
        code = groups.make(anne, evening.id).code
        groups.join(bjarne, evening.id, code)
    client = browse(anne)
    assert "I would rather wait for the others" in words(client.soup(f"/kveldar/{evening.id}"))
    client.post(f"/kveldar/{evening.id}/saman/venting", data={"keeps": "1"})
    assert attendance.get_sign_up(anne.id, evening.id).keeps_together
    client.post(f"/kveldar/{evening.id}/saman/venting", data={"keeps": "0"})
    assert not attendance.get_sign_up(anne.id, evening.id).keeps_together


def test_a_group_that_is_not_there_is_not_found(browse: Browse, anne: Person) -> None:
    with transaction():
        evening = make_evening()
    client = browse(anne)
    assert client.get(f"/kveldar/{evening.id}/saman/abcdefghjk").status_code == 404
    assert client.post(f"/kveldar/{evening.id}/saman/abcdefghjk/med").status_code == 404
    assert client.post(f"/kveldar/{evening.id}/saman").status_code == 409
    assert client.post(f"/kveldar/{evening.id}/saman/venting").status_code == 409


def test_guests_are_chosen_on_the_card_and_refused_at_their_field(browse: Browse, anne: Person) -> None:
    with transaction():
        evening = make_evening(capacity=2)
    client = browse(anne)
    answer = client.post(f"/kveldar/{evening.id}/paamelding", data={"guests": "3"})
    assert answer.status_code == 422
    assert "There are not so many places at all." in answer.text
    client.post(f"/kveldar/{evening.id}/paamelding", data={"guests": "1"})
    assert attendance.get_sign_up(anne.id, evening.id).guests == 1
    assert "2 of 2 places taken" in words(client.soup(f"/kveldar/{evening.id}"))
    assert "and 1 guest" in words(client.soup(f"/kveldar/{evening.id}"))
    client.post(f"/kveldar/{evening.id}/paamelding")
    assert attendance.get_sign_up(anne.id, evening.id).guests == 1, "what is not sent stays as it was"
    assert client.post(f"/kveldar/{evening.id}/paamelding", data={"guests": "9"}).status_code == 422


def test_what_is_undecided_says_what_it_takes(browse: Browse, anne: Person, otto: Person) -> None:
    with transaction():
        evening = evenings.plan(otto, evening_wish(minimum=3))
    client = browse(anne)
    assert "It will be if 3 more sign up by" in words(client.soup(f"/kveldar/{evening.id}"))
    client.post(f"/kveldar/{evening.id}/paamelding", data={"guests": "2"})
    assert "it looks like it will be" in words(client.soup(f"/kveldar/{evening.id}"))
    with transaction():
        evening.decided_at = MONDAY
    assert "It is on" in words(client.soup(f"/kveldar/{evening.id}"))


def test_an_organiser_sets_a_minimum_and_changes_it(browse: Browse, otto: Person) -> None:
    with transaction():
        evening = make_evening()
    client = browse(otto)
    sent = {"title": "Kino", "day": "2026-11-27", "starts": "18:00", "minutes": "120", "decide_hours": "48"}
    client.post(f"/kveldar/{evening.id}/endring", data={**sent, "minimum": "4"})
    assert (evening.minimum, evening.decides_at) == (4, evening.starts_at - timedelta(hours=48))
    form = client.soup(f"/kveldar/{evening.id}/endring")
    assert form.find(id="decide_hours")["value"] == "48"  # type: ignore[index]
    client.post(f"/kveldar/{evening.id}/endring", data={**sent, "minimum": ""})
    assert (evening.minimum, evening.decides_at) == (None, None)


def test_only_those_who_asked_hear_of_what_is_new_and_each_once(
    browse: Browse, anne: Person, bjarne: Person, carla: Person, otto: Person
) -> None:
    with transaction():
        for person in (anne, bjarne, otto):
            follows.follow(person, [Kind.BOARD_GAMES])
        follows.follow(carla, [Kind.CINEMA])
        evening = evenings.plan(otto, evening_wish(kind=Kind.BOARD_GAMES))
        make_sign_up(evening, bjarne)
    for _ in range(2):
        with transaction():
            follows.announce()
    told = [mail.person_id for mail in db.session.query(Mail).filter_by(kind="events.announcement")]
    assert told == [anne.id], "not those who have signed up, not the organiser, and nobody twice"
    (token,) = LINK.findall(letter(anne, "events.announcement").text)
    browse(carla).post(f"/kveldar/svar/{token}")
    assert attendance.is_in(anne.id, evening.id), "whoever is signed in there: the answer is that of the mail's reader"
    assert not attendance.is_in(carla.id, evening.id)


def test_nights_of_a_series_are_told_of_a_week_before_and_not_six_at_once(
    anne: Person, otto: Person, at: Callable[[datetime], None]
) -> None:
    with transaction():
        follows.follow(anne, [Kind.BOARD_GAMES])
        series.make(otto, series_wish())
        follows.announce()
    assert letter(anne, "events.announcement").text.count("/kveldar/svar/") == 1
    at(MONDAY + timedelta(days=7))
    with transaction():
        follows.announce()
    mails = db.session.query(Mail).filter_by(kind="events.announcement", person_id=anne.id).all()
    assert [len(mail.params["evenings"]) for mail in mails] == [1, 1]


def test_what_one_follows_is_chosen_beside_the_list(browse: Browse, anne: Person) -> None:
    client = browse(anne)
    assert client.soup("/kveldar/").find("form", action="/kveldar/nytt")
    client.post("/kveldar/nytt", data={"kind": ["cinema", "board_games", "x"]})
    assert following.followed_kinds(anne.id) == {Kind.CINEMA, Kind.BOARD_GAMES}
    ticked = client.soup("/kveldar/").find_all("input", attrs={"name": "kind", "checked": True})
    assert {str(box["value"]) for box in ticked} == {"cinema", "board_games"}
    client.post("/kveldar/nytt")
    assert following.followed_kinds(anne.id) == frozenset()


def test_whom_an_offer_was_made_is_in_no_log_of_facts(offered: Evening) -> None:
    fact = SeatOffered(evening_id=offered.id, person_id=1)
    assert set(vars(fact)) == {"evening_id", "person_id"}


def test_who_signed_up_hears_mildly_that_too_few_could_come_and_nobody_else_hears_anything(
    anne: Person, bjarne: Person, otto: Person, at: Callable[[datetime], None]
) -> None:
    with transaction():
        evening = evenings.plan(otto, evening_wish(minimum=3))
        signups.sign_up(anne, evening.id)
    jobs.run_due(50)
    assert evening.decides_at
    at(evening.decides_at)
    jobs.run_due(50)
    jobs.run_due(50)
    told = {notice.person_id: notice.kind for notice in db.session.query(Notice)}
    assert told == {anne.id: "events.too_few", otto.id: "events.called_off_by_itself"}
    (mail,) = db.session.query(Mail).filter_by(kind="events.cancellation")
    assert mail.person_id == anne.id


def test_who_let_an_offer_go_is_told_and_is_back_in_line_with_one_press(
    browse: Browse, bjarne: Person, offered: Evening, at: Callable[[datetime], None]
) -> None:
    until = attendance.get_sign_up(bjarne.id, offered.id).offered_until
    assert until
    with transaction():
        signups.sign_up(make_person(), offered.id)
    at(until)
    jobs.run_due(50)
    kinds = [notice.kind for notice in db.session.query(Notice).filter_by(person_id=bjarne.id).order_by(Notice.id)]
    assert kinds == ["events.offered", "events.offer_lapsed"]
    client = browse(bjarne)
    assert "Put me on the waiting list" in words(client.soup(f"/kveldar/{offered.id}"))
    client.post(f"/kveldar/{offered.id}/paamelding")
    assert attendance.get_sign_up(bjarne.id, offered.id).state == SignUpState.WAITING


def test_what_one_holds_can_be_taken_out_and_erased(anne: Person) -> None:
    with transaction():
        evening = make_evening()
        signups.sign_up(anne, evening.id, guests=2)
        groups.make(anne, evening.id)
        follows.follow(anne, [Kind.CINEMA])
    (exported,) = attendance.export_sign_ups(anne.id)
    assert (exported["guests"], exported["comes_with_a_group"]) == (2, True)
    assert following.export(anne.id) == [{"kind": "cinema"}]
    with transaction():
        signups.erase(anne.id)
        follows.unfollow(anne.id)
    assert attendance.sign_ups(evening.id) == []
    assert following.export(anne.id) == []
