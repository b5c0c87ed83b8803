"""What a search of the board means: its filters as conditions, with what was meant by names of tags and people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import time

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, not_, or_, select

from portal.blueprints.people.models import Person
from portal.blueprints.questions.models.posts import Question
from portal.blueprints.questions.models.tags import QuestionTag, Tag, TagSynonym
from portal.blueprints.questions.rules import operators
from portal.blueprints.questions.rules.operators import Kind, Parsed, Term
from portal.blueprints.questions.rules.states import Shown, State
from portal.blueprints.search import queries as search
from portal.core import clock
from portal.core.db import db

PEOPLE_MOST = 50
NAMES_MOST = 5
FOUND_MOST = 200
RARE = 5000  # questions about a tag: few are sorted, of many the newest are soon met
MYSELF = frozenset({"meg", "me", "mine"})


@dataclass(frozen=True, kw_only=True)
class Understood:
    """A search with the rows that its names mean."""

    parsed: Parsed
    tags: dict[str, Tag] = field(default_factory=dict)
    people: dict[str, list[int]] = field(default_factory=dict)

    @property
    def unknown(self) -> tuple[Term, ...]:
        """Give the tags and the people that are not there."""
        return tuple(
            term
            for term in self.parsed.filters
            if (term.kind is Kind.TAG and term.text.lower() not in self.tags)
            or (term.kind is Kind.AUTHOR and not self.people.get(term.text.lower()))
        )

    @property
    def is_impossible(self) -> bool:
        """Tell whether nothing can be found: somebody or something is asked for that is not there."""
        return any(not term.is_excluded for term in self.unknown)


def understand(viewer: Person, parsed: Parsed) -> Understood:
    """Look up what the names of a search mean."""
    names = {term.text.lower() for term in parsed.filters if term.kind is Kind.AUTHOR}
    return Understood(
        parsed=parsed,
        tags=_tags({term.text.lower() for term in parsed.filters if term.kind is Kind.TAG}),
        people={name: _people(viewer, name) for name in sorted(names)[:NAMES_MOST]},
    )


def find_tag(name: str) -> Tag | None:
    """Find a tag by its slug, by one of its names, or by another word for it."""
    return _tags({name.lower()}).get(name.lower())


def _tags(names: set[str]) -> dict[str, Tag]:
    if not names:
        return {}
    own = [func.lower(column) for column in (Tag.slug, Tag.name_nn, Tag.name_nb, Tag.name_en)]
    known = select(Tag, TagSynonym.name).outerjoin(
        TagSynonym, and_(TagSynonym.tag_id == Tag.id, TagSynonym.name.in_(names))
    )
    found: dict[str, Tag] = {}
    for tag, synonym in db.session.execute(
        known.where(or_(TagSynonym.name.is_not(None), *(c.in_(names) for c in own)))
    ):
        for name in (synonym, tag.name_en, tag.name_nb, tag.name_nn, tag.slug):
            if name and name.lower() in names:
                found[name.lower()] = tag
    return found


def _people(viewer: Person, name: str) -> list[int]:
    if name in MYSELF:
        return [viewer.id]
    own = func.lower(Person.name)
    called = or_(
        Person.username == name, own.startswith(name, autoescape=True), own.contains(f" {name}", autoescape=True)
    )
    return list(db.session.scalars(select(Person.id).where(called).order_by(Person.id).limit(PEOPLE_MOST)))


def narrowed(query: Select[Question], understood: Understood) -> Select[Question]:
    """Hold a query for questions to the filters of a search."""
    query = query.where(*(_condition(term, understood) for term in understood.parsed.filters))
    if not understood.parsed.asks_for_words:
        query = query.where(*(_lacks(term.text) for term in understood.parsed.words))
    return query


def found(viewer: Person, understood: Understood) -> list[int]:
    """Give the ids of the questions that hold the words of a search, the best first."""
    text = operators.write(understood.parsed.words)
    return [hit.ref for hit in search.find(viewer, text, kinds=("question",), limit=FOUND_MOST)]


def about(tag_id: int) -> ColumnElement[bool]:
    """Give the condition for questions about a tag, so that the newest of them are found quickly."""
    of_tag = select(QuestionTag.question_id).where(QuestionTag.tag_id == tag_id)
    few = db.session.scalar(select(func.count()).select_from(of_tag.limit(RARE + 1).subquery())) or 0
    return Question.id.in_(of_tag) if few <= RARE else _is_about(tag_id)


def _is_about(tag_id: int) -> ColumnElement[bool]:
    return exists().where(QuestionTag.question_id == Question.id, QuestionTag.tag_id == tag_id)


def _condition(term: Term, understood: Understood) -> ColumnElement[bool]:
    if term.kind is Kind.TAG:
        return _tagged(understood.tags.get(term.text.lower()), is_excluded=term.is_excluded)
    if term.kind is Kind.AUTHOR:
        return _by(understood.people.get(term.text.lower(), []), is_excluded=term.is_excluded)
    condition = _plain_condition(term)
    return not_(condition) if term.is_excluded else condition


def _tagged(tag: Tag | None, *, is_excluded: bool) -> ColumnElement[bool]:
    if tag is None:
        return not_(false()) if is_excluded else false()
    return ~_is_about(tag.id) if is_excluded else about(tag.id)


def _by(people: Sequence[int], *, is_excluded: bool) -> ColumnElement[bool]:
    # Whoever wrote without a name is never among those of a name, and never left out as one of them either.
    if is_excluded:
        return or_(Question.author_id.is_(None), Question.author_id.not_in(people))
    return Question.author_id.in_(people)


def _plain_condition(term: Term) -> ColumnElement[bool]:
    if term.kind is Kind.STATUS:
        return _is_shown(operators.find_state(term.text))
    if term.kind is Kind.ANSWERS:
        low, high = operators.find_bounds(term.text) or (0, operators.ANSWERS_MOST)
        return Question.answer_count.between(low, high)
    day = operators.find_day(term.text)
    if day is None:
        return not_(false())
    begins = clock.at_wall(day, time())
    return Question.created_at >= begins if term.kind is Kind.AFTER else Question.created_at < begins


def is_original() -> ColumnElement[bool]:
    """Give the condition for questions whose answer stands in their own thread."""
    return and_(Question.duplicate_of_id.is_(None), Question.duplicate_article == "")


def _is_shown(wanted: Shown | None) -> ColumnElement[bool]:
    """Say in SQL what rules.states.shown() says of one row."""
    lacks_info = and_(Question.info_wanted_at.is_not(None), Question.state != State.SOLVED)
    is_claimed = func.coalesce(Question.claimed_until > clock.now(), false())
    waits_again = and_(Question.state == State.ANSWERED, Question.reopened_at.is_not(None))
    waits = or_(Question.state == State.OPEN, waits_again)
    here = and_(is_original(), not_(lacks_info))
    if wanted is Shown.DUPLICATE:
        return not_(is_original())
    if wanted is Shown.NEEDS_INFO:
        return and_(is_original(), lacks_info)
    if wanted is Shown.LOOKED_AT:
        return and_(_among(Question.claimed_by_id.is_not(None)), here, waits, is_claimed)
    if wanted is Shown.REOPENED:
        return and_(_among(Question.reopened_at.is_not(None)), here, waits_again, not_(is_claimed))
    if wanted is Shown.ANSWERED:
        return and_(here, Question.state == State.ANSWERED, not_(waits_again))
    if wanted is Shown.SOLVED:
        return and_(is_original(), Question.state == State.SOLVED)
    # Whoever asks for what is open means all that waits for an answer, also while somebody looks at it.
    return and_(is_original(), Question.state == State.OPEN)


def _among(few: ColumnElement[bool]) -> ColumnElement[bool]:
    """Begin with the few that a small index knows, instead of walking through all from the newest on."""
    return Question.id.in_(select(Question.id).where(few))


def _lacks(text: str) -> ColumnElement[bool]:
    lower = text.lower()
    return and_(
        not_(func.lower(Question.title).contains(lower, autoescape=True)),
        not_(func.lower(Question.body).contains(lower, autoescape=True)),
    )
