"""Many answer at once: every answer is in the box, since each has waited for the one before."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from flask import Flask

from portal.blueprints.pulse import service
from portal.core.db import db, transaction
from tests.factories.pulse import desk_of, open_round

EIGHT = 8


def test_no_answer_is_lost_when_many_answer_at_once(own: Flask) -> None:
    with own.app_context():
        round_id, tokens = open_round(desk_of(2))

        def answer(person: int) -> None:
            with own.app_context():
                with transaction():
                    service.answer(round_id, tokens[person], value=1 + person % 5)
                db.session.remove()

        with ThreadPoolExecutor(EIGHT) as pool:
            list(pool.map(answer, range(20)))
        db.session.remove()
        said = [service.my_answer(round_id, tokens[person]).value for person in range(20)]
        assert said == [1 + person % 5 for person in range(20)]
        db.session.remove()
