"""Reads the public dump of a Stack Exchange board: XML with one <row …/> a line, UTF-8, moments in UTC.

Each line is parsed by itself: a broken one is refused with its number and harms no other, a file of any size fits, and
there is no document in which entities could be declared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import BinaryIO

from lxml import etree
from markdownify import markdownify

from portal.blueprints.questions.rules import imports
from portal.blueprints.questions.rules.imports import (
    AnswerRow,
    Bad,
    BadRow,
    CommentRow,
    Fault,
    LinkRow,
    QuestionRow,
    Row,
)

QUESTION, ANSWER, DUPLICATE = "1", "2", "3"
LONGEST_LINE = 2_000_000
Values = Mapping[str, str]


def posts(file: BinaryIO, names: Values) -> Iterator[Row | Bad]:
    """Read Posts.xml: questions and answers; other kinds of posts are passed over."""
    for line, values in _lines(file):
        if values is None:
            yield Bad(line=line, fault=Fault.NOT_A_ROW)
        elif values.get("PostTypeId") in {QUESTION, ANSWER}:
            yield _read(line, values, names, _question if values["PostTypeId"] == QUESTION else _answer)


def comments(file: BinaryIO, names: Values) -> Iterator[Row | Bad]:
    """Read Comments.xml."""
    for line, values in _lines(file):
        yield Bad(line=line, fault=Fault.NOT_A_ROW) if values is None else _read(line, values, names, _comment)


def links(file: BinaryIO) -> Iterator[Row | Bad]:
    """Read PostLinks.xml: which question is a duplicate of which."""
    for line, values in _lines(file):
        if values is None:
            yield Bad(line=line, fault=Fault.NOT_A_ROW)
        elif values.get("LinkTypeId") == DUPLICATE:
            yield _read(line, values, {}, _link)


def users(file: BinaryIO) -> dict[str, str]:
    """Read Users.xml: the names that are shown, by id."""
    found = (values for _, values in _lines(file) if values)
    return {values["Id"]: values.get("DisplayName", "") for values in found if "Id" in values}


def _lines(file: BinaryIO) -> Iterator[tuple[int, Values | None]]:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    for number, raw in enumerate(file, start=1):
        line = raw.strip()
        if not line.startswith(b"<row"):
            continue
        if len(line) > LONGEST_LINE:
            yield number, None
            continue
        try:
            element = etree.fromstring(line, parser)
        except etree.XMLSyntaxError:
            yield number, None
        else:
            yield number, {str(name): str(value) for name, value in element.attrib.items()}


def _read(line: int, values: Values, names: Values, make: Callable[[int, Values, Values], Row]) -> Row | Bad:
    try:
        return imports.checked(make(line, values, names))
    except BadRow as bad:
        return Bad(line=line, fault=bad.fault)


def _question(line: int, values: Values, names: Values) -> Row:
    return QuestionRow(
        line=line,
        key=imports.text(values, "Id"),
        title=" ".join(imports.text(values, "Title").split()),
        body=_markdown(imports.text(values, "Body")),
        written_at=imports.moment(imports.text(values, "CreationDate")),
        author=_author(values, names, "Owner"),
        tags=imports.tags(imports.text(values, "Tags")),
        accepted=imports.text(values, "AcceptedAnswerId"),
    )


def _answer(line: int, values: Values, names: Values) -> Row:
    return AnswerRow(
        line=line,
        key=imports.text(values, "Id"),
        question=imports.text(values, "ParentId"),
        body=_markdown(imports.text(values, "Body")),
        written_at=imports.moment(imports.text(values, "CreationDate")),
        author=_author(values, names, "Owner"),
    )


def _comment(line: int, values: Values, names: Values) -> Row:
    return CommentRow(
        line=line,
        key=imports.text(values, "Id"),
        post=imports.text(values, "PostId"),
        body=imports.text(values, "Text"),
        written_at=imports.moment(imports.text(values, "CreationDate")),
        author=_author(values, names, "User"),
    )


def _link(line: int, values: Values, _names: Values) -> Row:
    return LinkRow(line=line, duplicate=imports.text(values, "PostId"), original=imports.text(values, "RelatedPostId"))


def _author(values: Values, names: Values, who: str) -> str:
    return names.get(values.get(f"{who}UserId", ""), "") or imports.text(values, f"{who}DisplayName")


def _markdown(html: str) -> str:
    # Pictures lie on other servers, and would tell them who reads: they become links, as everywhere here.
    return str(markdownify(html, heading_style="ATX", bullets="-", autolinks=True)).strip()
