"""The promise of the house: no pressure, no rankings, nobody is pointed at: in texts, catalogues, tables, queries."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from flask import Flask
from sqlalchemy import DateTime

from portal.blueprints.people.rules import PERMISSIONS
from portal.core.db import Base

PORTAL = Path(__file__).parents[2] / "portal"
BLUEPRINTS = PORTAL / "blueprints"
CONFIDING = ("checkins", "pulse", "talks", "coffee")

# Each in the three languages of the house. «Kalenderen har ikkje svart» is about a machine, and may be said.
SOMEBODY = (
    r"(?:colleagues?|people|persons?|members?|who|they|she|he|everybody|everyone|nobody|somebody|team|you|"
    r"som|dei|de|du|ho|hun|kollega\w*|kolleg\w*|nokon|noen|alle|ingen|teamet|folk)"
)
A_NUMBER = r"(?:\d+|%\(\w+\)[sd]|\{\{[^}]*\}\})"
UNKIND = {
    "a streak": rf"\bstreaks?\b|(?:days?|weeks?|times|dagar|dager|veker|uker|gonger|ganger) (?:in a row|på rad)|"
    rf"{A_NUMBER} (?:in a row|på rad)",
    "a ranking": r"leader ?board|\branking list|\bhigh ?score|toppliste|\brangering|\bpallplass|"
    r"\b(?:top|best|most active|quickest) (?:helpers?|answerers?|colleagues?|listeners?|contributors?)\b|"
    r"\b(?:colleague|helper|employee|listener) of the (?:week|month|year)\b|"
    r"\b(?:kollega|hjelpar|hjelper)(?:en)? (?:i|for) (?:veka|uka|månaden|måneden|året)\b|"
    r"\b(?:vekas|ukens|månadens|månedens|årets) (?:kollega|hjelpar|hjelper)",
    "a score of a person": r"\b(?:your|her|his|their|team|wellbeing|mood) score\b|\bscores? (?:of|for) \w+|"
    r"\bpoengsum|\btrivselspoeng|\b(?:du|ho|han|hun|dei|de) (?:har|fekk|fikk) %?\S+ poeng\b|"
    r"\b(?:earn|win|lose) points\b|\btroph(?:y|ies)\b|\bbadges? (?:earned|won)",
    "who has not answered": rf"\b{SOMEBODY} (?:has|have|had|did)(?: not|n't)(?: yet)? "
    r"(?:answer(?:ed)?|respond(?:ed)?|repl(?:y|ied)|checked in|taken part)\b|"
    rf"\b{SOMEBODY} (?:ikkje|ikke) har (?:svar\w*|sjekk\w* inn|vore med|vært med)|"
    rf"\b{SOMEBODY} har (?:ikkje|ikke)(?: enno| ennå)? (?:svar\w*|sjekk\w* inn)|"
    r"\b(?:yet|still) to answer\b|\bmissing answers?\b|\bmanglar? svar frå\b|\bmangler svar fra\b",
    "how many have answered": rf"\b(?:response|answering|participation) rate|svarprosent|deltak(?:ar|er)prosent|"
    rf"{A_NUMBER} (?:of|out of|av) {A_NUMBER}\s+(?:\w+ )?(?:have |has |har )?"
    r"(?:answered|checked in|svart|svara|sjekka inn|sjekket inn)|"
    rf"{A_NUMBER} (?:answers? so far|svar så langt|svar hittil)",
    "a nudge": r"\b(?:do not|don't) forget to (?:check in|answer)|\bremember to (?:check in|answer)|"
    r"\b(?:hugs|husk) å (?:svare|sjekke inn)|\bsince you last (?:checked in|answered|wrote)|"
    r"\b(?:sidan|siden) (?:du )?sist (?:du )?(?:sjekka|sjekket|svar)|"
    r"\byou missed\b|\bdu (?:gjekk|gikk) glipp av",
}
PATTERNS = {name: re.compile(pattern, re.IGNORECASE) for name, pattern in UNKIND.items()}

CAUGHT = {
    "a streak": ("A streak of four", "You have checked in %(n)s weeks in a row", "Tre dagar på rad!", "%(n)s på rad"),
    "a ranking": ("Leaderboard", "Top helpers", "Colleague of the month", "Månadens kollega", "Kollega i veka"),
    "a score of a person": ("Your score is 3", "Score of Anne", "Poengsum", "Du har 12 poeng", "Earn points"),
    "who has not answered": (
        "Colleagues who have not answered",
        "Anne and four people haven't checked in",
        "Dei som ikkje har svart",
        "Disse kollegene har ikke svart",
        "Du har ikkje sjekka inn",
        "Still to answer: 4",
    ),
    "how many have answered": (
        "Response rate",
        "%(n)s of %(all)s have answered",
        "7 av 10 har svart",
        "{{ n }} of {{ all }} answered",
        "%(n)s answers so far",
        "Svarprosent",
    ),
    "a nudge": ("Remember to check in", "Husk å svare", "Eight days since you last wrote", "You missed last week"),
}
FINE = (
    "The calendar has not answered lately.",
    "Kalenderen har ikkje svart på ei stund.",
    "Minst 12 teikn. Nokre ord på rad er bra.",
    "You have not written anything here.",
    "%(n)s answers",
    "It's sorted",
    "5 of 8 want this",
    "Too few answers to show. Nobody can see individual answers.",
    "Nobody can see who has answered.",
)


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in CAUGHT.items() for text in texts])
def test_what_must_not_be_said_is_known_when_it_is_met(name: str, text: str) -> None:
    assert PATTERNS[name].search(text)


@pytest.mark.parametrize("text", FINE)
def test_what_may_be_said_is_left_alone(text: str) -> None:
    assert [name for name, pattern in PATTERNS.items() if pattern.search(text)] == []


def sources(folder: Path = PORTAL) -> Iterator[Path]:
    yield from sorted(path for path in folder.rglob("*.py") if "node_modules" not in path.parts)


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def docstrings(module: ast.Module) -> set[int]:
    """Give the ids of the texts that only those who read the code meet."""
    return {
        id(node.body[0].value)
        for node in ast.walk(module)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }


def texts() -> Iterator[tuple[str, str]]:
    """Give every text of the house that somebody may read, and where it stands. What colleagues write is their own."""
    for path in sources():
        silent = docstrings(tree(path))
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in silent:
                yield f"{path.relative_to(PORTAL)}:{node.lineno}", node.value
    for path in [*(PORTAL / "templates").rglob("*.*"), *(PORTAL / "assets/src").glob("*.js")]:
        yield str(path.relative_to(PORTAL)), path.read_text(encoding="utf-8")
    yield from translations()


def translations() -> Iterator[tuple[str, str]]:
    for path in (PORTAL / "translations").rglob("*.po"):
        with path.open("rb") as file:
            for message in read_po(file):
                for words in (message.id, message.string):
                    for text in words if isinstance(words, list | tuple) else (words,):
                        yield f"{path.relative_to(PORTAL)}:{message.id}", text


def test_no_text_ranks_counts_or_nags() -> None:
    seen = list(texts())
    assert len(seen) > 10_000  # all of the house was looked at
    found = [f"{where}: {name}" for where, text in seen for name, pattern in PATTERNS.items() if pattern.search(text)]
    assert found == []


def tables_of(*slices: str) -> Iterator[type[Base]]:
    for mapper in Base.registry.mappers:
        parts = mapper.class_.__module__.split(".")
        if parts[:2] == ["portal", "blueprints"] and parts[2] in slices:
            yield mapper.class_


def test_no_table_keeps_a_score_or_a_count_of_anybody(app: Flask) -> None:
    forbidden = re.compile(r"streak|score|\brank|points|reputation|karma|badge|level_of|(checkin|talk|pulse)_count")
    kept = [
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if forbidden.search(column.name) and not table.name.startswith("search_")  # of texts, not of people
    ]
    assert kept == []


def test_confidence_is_not_counted_even_where_nobody_looks(app: Flask) -> None:
    """No row of these slices says how often, when last, or that something was seen."""
    forbidden = re.compile(r"count|times$|total|(seen|read|opened|ignored|prompted|missed)_at|last_(answer|seen|read)")
    kept = [
        f"{model.__name__}.{column.name}"
        for model in tables_of(*CONFIDING)
        for column in model.__table__.columns
        if forbidden.search(column.name)
    ]
    assert kept == []


def test_nothing_of_the_pulse_points_at_a_person(app: Flask) -> None:
    models = list(tables_of("pulse"))
    pointing = [
        f"{model.__name__}.{column.name}"
        for model in models
        for column in model.__table__.columns
        if column.foreign_keys and any(key.column.table.name == "person" for key in column.foreign_keys)
    ]
    assert pointing == []


PEOPLE_COLUMN = re.compile(
    r"(^|_)(person|author|owner|asker|helper|reader|writer|proposer|answerer|giver|viewer)_id$|^person$"
)


def names_in(node: ast.AST) -> set[str]:
    return {each.attr for each in ast.walk(node) if isinstance(each, ast.Attribute)}


def calls(module: ast.Module, *names: str) -> Iterator[ast.Call]:
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in names:
            yield node


def counts_people(module: ast.Module) -> list[int]:
    """Give the lines on which a query makes one figure per person, or puts people in an order of figures."""
    found = []
    for call in calls(module, "group_by", "partition_by"):
        if any(PEOPLE_COLUMN.search(name) for argument in call.args for name in names_in(argument)):
            found.append(call.lineno)
    for call in calls(module, "order_by"):
        if any(list(calls(ast.Module(body=[ast.Expr(each)], type_ignores=[]), "count", "sum")) for each in call.args):
            found.append(call.lineno)
    return found


@pytest.mark.parametrize(
    "query",
    [
        "select(CheckIn.author_id, func.count()).group_by(CheckIn.author_id)",
        "select(Answer).group_by(Person.id, Answer.author_id)",
        "select(Person).order_by(func.count(Answer.id).desc())",
    ],
)
def test_a_figure_for_each_person_is_known_when_it_is_met(query: str) -> None:
    assert counts_people(ast.parse(query)) == [1]


def test_no_query_of_the_house_makes_a_figure_for_each_person() -> None:
    found = [f"{path.relative_to(PORTAL)}:{line}" for path in sources() for line in counts_people(tree(path))]
    assert found == []


# What may be counted where things are said in confidence, and why it says nothing of anybody.
MAY_BE_COUNTED = {
    "checkins/queries/diary.py": "one's own check-ins, shown to oneself: so many would move into the diary",
    "coffee/queries.py": "how often two have met, so that nobody meets again before all have met; no page shows it",
}


def test_what_is_said_in_confidence_is_not_counted() -> None:
    aggregates = {"count", "sum", "avg", "row_number", "rank", "dense_rank"}
    found, counted = [], set()
    for slice_ in CONFIDING:
        for path in sources(BLUEPRINTS / slice_):
            for call in calls(tree(path), *aggregates):
                is_sql = isinstance(call.func, ast.Attribute) and ast.unparse(call.func.value).endswith("func")
                name = str(path.relative_to(BLUEPRINTS))
                if is_sql and name in MAY_BE_COUNTED:
                    counted.add(name)
                elif is_sql:
                    found.append(f"{name}:{call.lineno}")
    assert found == []
    assert counted == set(MAY_BE_COUNTED)  # what is excused is still there


def test_what_is_said_in_confidence_is_never_given_to_programs(app: Flask) -> None:
    """No JSON, no feed, no file of figures: a page for people is the only way out."""
    giving = re.compile(r"\bjsonify\b|application/json|text/csv|\bcsv\b|atom\+xml")
    found = [
        str(path.relative_to(PORTAL))
        for slice_ in CONFIDING
        for path in sources(BLUEPRINTS / slice_)
        if giving.search(path.read_text(encoding="utf-8"))
    ]
    assert found == []
    assert [
        rule.rule for rule in app.url_map.iter_rules() if re.match(r"/api/.*(pul[sz]|pust|dagbok|prat)", rule.rule)
    ] == []


def test_nobody_holds_a_key_to_what_others_have_answered() -> None:
    held = {each for permissions in PERMISSIONS.values() for each in permissions}
    assert {each for each in held if each.startswith(("pulse.", "talks.", "coffee."))} <= {
        "pulse.annotate",  # a word at a week of the chart
        "pulse.moderate",  # hide a published note
        "talks.manage_cards",  # the cards of those outside the desk
    }


def asked_of_addresses(slice_: str) -> set[str]:
    """Give the names of what a slice reads from behind the question mark of an address."""
    names = set()
    for path in sources(BLUEPRINTS / slice_):
        for call in calls(tree(path), "get", "getlist"):
            if isinstance(call.func, ast.Attribute) and ast.unparse(call.func.value) == "request.args":
                names.add(ast.unparse(call.args[0]))
    return names


def test_the_pulse_has_no_filter_and_no_way_further_in(app: Flask) -> None:
    assert asked_of_addresses("pulse") == set()
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint.split(".")[0].startswith("pulse")]
    leading_in = [rule.rule for rule in rules if "GET" in (rule.methods or ()) and rule.arguments]
    assert leading_in == []


def test_no_moment_stands_beside_an_answer_to_the_pulse(app: Flask) -> None:
    """Rounds, what was published and annotations have days; what one person wrote has none."""
    timed = {
        model.__name__
        for model in tables_of("pulse")
        if any(isinstance(column.type, DateTime) or "_at" in column.name for column in model.__table__.columns)
    }
    assert not {name for name in timed if re.search(r"ballot|answer|note|held|box", name, re.IGNORECASE)}
