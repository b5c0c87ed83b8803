"""Reading the house itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from portal.blueprints.people import queries as people
from portal.core import audit, clock, i18n, jobs
from portal.core.i18n import N_
from portal.core.jobs import Job

# What the acts of the audit log are called. A test looks for acts in the code that have no words here.
ACTS = {
    "checkins.hide_joy": N_("Took a joy out of sight"),
    "checkins.show_joy": N_("Brought a joy back"),
    "checkins.hide_team": N_("Took a check-in on a team's wall out of sight"),
    "checkins.show_team": N_("Brought a check-in on a team's wall back"),
    "cinema.call_off_poll": N_("Dropped a film poll"),
    "cinema.change_poll": N_("Changed a film poll"),
    "cinema.choose_film": N_("Chose among films that stood equal"),
    "cinema.close_poll": N_("Ended a film poll"),
    "cinema.open_poll": N_("Opened a film poll"),
    "events.cancel": N_("Cancelled an evening"),
    "events.change": N_("Changed an evening"),
    "events.end_series": N_("Ended a series"),
    "events.resize_series": N_("Changed how many can come to a series"),
    "events.make_series": N_("Made a series"),
    "events.plan": N_("Planned an evening"),
    "events.reword_series": N_("Changed a series"),
    "games.hide_plan": N_("Took a table plan back"),
    "games.lay_plan": N_("Had the tables of an evening laid"),
    "games.show_plan": N_("Showed a table plan to everybody"),
    "jobs.retry": N_("Had work tried again"),
    "knowledge.add": N_("Added an article"),
    "knowledge.edit": N_("Changed an article"),
    "knowledge.publish": N_("Published an article"),
    "knowledge.retire": N_("Retired an article"),
    "meals.call_off": N_("Called off the food of an evening"),
    "meals.change": N_("Changed the food of an evening"),
    "meals.plan": N_("Offered food on an evening"),
    "meals.take_over": N_("Took over the food of an evening"),
    "events.proposal_made": N_("Made an evening of a proposal"),
    "events.proposal_resting": N_("Let a proposal rest"),
    "events.restore": N_("Held an evening after all"),
    "events.restore_night": N_("Held a night of a series after all"),
    "events.skip": N_("Left a night of a series out"),
    "events.take_over": N_("Took over an evening"),
    "events.wake_proposal": N_("Took a proposal up again"),
    "rooms.cancel": N_("Gave a room back"),
    "rooms.knock": N_("Had the calendar tried at once"),
    "notifications.try_again": N_("Had a mail tried again"),
    "people.deactivate": N_("Closed an account"),
    "people.link_made": N_("Made a one-time link"),
    "people.link_used": N_("Used a one-time link"),
    "people.made_administrator": N_("Became an administrator from the command line"),
    "people.password_changed": N_("Changed their own password"),
    "people.reactivate": N_("Opened an account again"),
    "people.roles": N_("Changed somebody's roles"),
    "people.team": N_("Changed somebody's team"),
    "pulse.annotated": N_("Put words on the chart of the pulse"),
    "pulse.annotation_removed": N_("Took words off the chart of the pulse"),
    "pulse.note_hidden": N_("Hid words without a name"),
    "privacy.erase": N_("Erased an account"),
    "questions.ask_for_check": N_("Asked for a check of the answers about a tag"),
    "questions.close": N_("Closed a thread"),
    "questions.cover_picture": N_("Covered a part of a picture"),
    "questions.edit_answer": N_("Changed somebody's answer"),
    "questions.edit_comment": N_("Changed somebody's comment"),
    "questions.edit_question": N_("Changed somebody's question"),
    "questions.end_check": N_("Ended a check of the answers about a tag"),
    "questions.flag_hides_answer": N_("An answer went out of sight because of a flag"),
    "questions.flag_hides_comment": N_("A comment went out of sight because of a flag"),
    "questions.flag_hides_question": N_("A question went out of sight because of a flag"),
    "questions.hide": N_("Took a question out of sight"),
    "questions.hide_answer": N_("Took an answer out of sight"),
    "questions.hide_comment": N_("Took a comment out of sight"),
    "questions.make_answer": N_("Made an answer of a comment"),
    "questions.make_comment": N_("Made a comment of an answer"),
    "questions.merge": N_("Merged a question with one that was asked before"),
    "questions.merge_article": N_("Said that an article answers a question"),
    "questions.merge_tags": N_("Merged two tags"),
    "questions.move": N_("Moved posts to another thread"),
    "questions.open": N_("Opened a thread again"),
    "questions.redact": N_("Removed words for good"),
    "questions.save_tag": N_("Changed a tag"),
    "questions.settle_acted": N_("Settled a flag: something was done"),
    "questions.settle_left": N_("Settled a flag: the post stands"),
    "questions.settle_warnings": N_("Settled the warnings on an answer"),
    "questions.show": N_("Brought a question back"),
    "questions.show_answer": N_("Brought an answer back"),
    "questions.show_comment": N_("Brought a comment back"),
    "questions.split": N_("Made a question of its own of posts"),
    "questions.unmerge": N_("Took a merge back"),
    "talks.add_card": N_("Added a contact card"),
    "talks.change_card": N_("Changed a contact card"),
    "talks.remove_card": N_("Removed a contact card"),
    "questions.unmove": N_("Took a move back"),
    "references.add": N_("Added a pattern for references"),
    "references.change": N_("Changed a pattern for references"),
    "references.move": N_("Moved a pattern for references"),
    "references.remove": N_("Removed a pattern for references"),
    "references.switch": N_("Switched a pattern for references on or off"),
    "rooms.add": N_("Added a room"),
    "rooms.change": N_("Changed a room"),
    "rooms.fetch": N_("Fetched the rooms"),
    "shifts.import": N_("Brought in a rota"),
    "shifts.remove": N_("Took a rota away"),
    "urgent.close_incident": N_("Closed a big incident"),
    "urgent.head_incident": N_("Changed the headline of a big incident"),
    "urgent.open_incident": N_("Opened a big incident"),
    "urgent.reopen_incident": N_("Opened a big incident again"),
    "urgent.say_of_incident": N_("Said how it goes with a big incident"),
}

THINGS = {
    "answer_id": N_("Answer %(number)s"),
    "article_id": N_("Article %(number)s"),
    "comment_id": N_("Comment %(number)s"),
    "evening_id": N_("Evening %(number)s"),
    "flag_id": N_("Flag %(number)s"),
    "incident_id": N_("Incident %(number)s"),
    "person_id": N_("Person %(number)s"),
    "question_id": N_("Question %(number)s"),
    "room_id": N_("Room %(number)s"),
    "rota_id": N_("Rota %(number)s"),
    "series_id": N_("Series %(number)s"),
    "target_id": N_("To %(number)s"),
}


@dataclass(frozen=True, kw_only=True)
class Work:
    """Outgoing work: what a person should look at, what waits, and what is on a schedule."""

    failing: Sequence[Job]
    waiting: Sequence[Job]
    scheduled: Sequence[Job]
    done_today: int


@dataclass(frozen=True, kw_only=True)
class Health:
    """What the database alone can tell of the portal's health."""

    failing: int
    waiting: int
    oldest_waiting_since: datetime | None

    @property
    def is_behind(self) -> bool:
        """Tell whether work that is due has been left lying, as when no worker runs."""
        return bool(self.oldest_waiting_since and clock.now() - self.oldest_waiting_since > timedelta(minutes=5))


def work() -> Work:
    """Give the outgoing work."""
    everything = jobs.waiting(limit=200)
    scheduled = [job for job in everything if job.key and job.key.startswith("schedule:")]
    once = [job for job in everything if job not in scheduled]
    return Work(
        failing=[job for job in everything if job.tries],
        waiting=[job for job in once if not job.tries],
        scheduled=sorted(scheduled, key=lambda job: job.next_at),
        done_today=jobs.count_done_since(clock.now() - timedelta(days=1)),
    )


def health() -> Health:
    """Give the health as the database shows it."""
    due = [job for job in jobs.waiting(limit=500) if job.next_at <= clock.now()]
    return Health(
        failing=sum(job.needs_a_look for job in due),
        waiting=len(due),
        oldest_waiting_since=min((job.next_at for job in due), default=None),
    )


def audit_entries() -> Sequence[audit.AuditEntry]:
    """Give the newest acts."""
    return audit.entries(200)


def names(ids: Iterable[int | None]) -> dict[int, str]:
    """Give the names of people by id."""
    return {person.id: person.name for person in people.people({known for known in ids if known is not None})}


def words(act: str) -> str:
    """Give the message id for an act; one that the portal no longer knows is shown as it was noted."""
    return ACTS.get(act, act)


def thing(name: str) -> str:
    """Give the message id that names what an act was about, with its number."""
    return THINGS.get(name, "%(name)s %(number)s")


def acts(person_id: int) -> list[dict[str, Any]]:
    """Give what the log of acts says that a person has done, in their language, for the export of their data."""
    locale = people.get_person(person_id).locale
    return [
        {
            "act": i18n.text(words(each.act), locale),
            "about": [i18n.text(thing(name), locale, name=name, number=number) for name, number in each.ids.items()],
            "at": each.created_at,
        }
        for each in audit.entries_of(person_id)
    ]
