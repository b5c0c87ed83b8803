"""Asking those who know when an easy question is left lying, and finding questions by the new names of a tag."""

from __future__ import annotations

from sqlalchemy import select

from portal.blueprints.questions.facts import Asked, Changed, WaitedForExperts
from portal.blueprints.questions.models.posts import Question
from portal.blueprints.questions.models.tags import QuestionTag
from portal.blueprints.questions.rules.skills import BACKUP_AFTER
from portal.blueprints.questions.rules.states import Shown
from portal.core import clock, jobs
from portal.core.db import db
from portal.core.facts import on, record
from portal.core.jobs import Steps, job

CHUNK = 50


@on(Asked)
def plan_backup(fact: Asked) -> None:
    """Look at an easy question again after a while."""
    question = db.session.get_one(Question, fact.question_id)
    if question.is_easy and question.asked_tag_id:
        jobs.enqueue("questions.ask_experts", at=clock.now() + BACKUP_AFTER, question_id=question.id)


@job("questions.ask_experts")
def ask_experts(question_id: int) -> None:
    """Ask those who know, unless somebody has answered or is looking at it."""
    question = db.session.get(Question, question_id)
    if question and not question.is_hidden and question.shown is Shown.OPEN:
        record(WaitedForExperts(question_id=question_id))


@job("questions.index_tag")
def index_tag(tag_id: int) -> Steps:
    """Index the questions of a tag anew, some at a time."""
    last = 0
    while True:
        about = select(QuestionTag.question_id).where(QuestionTag.tag_id == tag_id, QuestionTag.question_id > last)
        chunk = db.session.scalars(about.order_by(QuestionTag.question_id).limit(CHUNK)).all()
        if not chunk:
            return
        for question_id in chunk:
            record(Changed(question_id=question_id))
        last = chunk[-1]
        yield lambda: None
