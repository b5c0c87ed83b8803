"""Reads the collection that BoardGameGeek gives of somebody, as XML (/xmlapi2/collection?username=…&stats=1).

The file comes from anywhere, so that nothing in it may reach further than itself: a document that declares anything of
its own (DOCTYPE, entities) is refused before it is parsed, nothing is fetched, and its size and depth are bounded.
"""

from __future__ import annotations

import re

from lxml import etree

from portal.blueprints.games.rules import shelf
from portal.blueprints.games.rules.shelf import Bad, BadGame, Entry, Fault, Reading

DECLARES = re.compile(r"<!\s*(DOCTYPE|ENTITY|ELEMENT|ATTLIST|NOTATION)", re.IGNORECASE)
PAGE = "https://boardgamegeek.com/boardgame/{}"


def is_xml(text: str) -> bool:
    """Tell whether a file is XML at all."""
    return text.lstrip()[:200].startswith("<")


def read(text: str) -> Reading:
    """Read a collection: the games that are owned; wishes, former games and expansions are passed over."""
    if DECLARES.search(text):
        raise BadGame(Fault.DECLARES)
    # What the first line says of the encoding is passed by: it is text already, and only one encoding is right.
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_pis=True
    )
    try:
        root = etree.fromstring(text.encode(), parser)
    except etree.XMLSyntaxError as error:
        raise BadGame(Fault.NOT_XML, error.lineno or 0) from error
    if root.tag != "items":
        raise BadGame(Fault.NOT_A_COLLECTION, 1)
    items = root.findall("item")
    if len(items) > shelf.MOST_GAMES:
        raise BadGame(Fault.TOO_MANY)
    return _read(items)


def _read(items: list[etree._Element]) -> Reading:
    entries: list[tuple[int, Entry]] = []
    bad: list[Bad] = []
    passed_over = 0
    for item in items:
        line = item.sourceline or 0
        if not _is_for_the_shelf(item):
            passed_over += 1
            continue
        try:
            entries.append((line, _entry(item)))
        except BadGame as error:
            bad.append(Bad(line=line, fault=error.bad.fault))
    return Reading(entries=entries, bad=bad, passed_over=passed_over)


def _is_for_the_shelf(item: etree._Element) -> bool:
    status = item.find("status")
    is_owned = status is None or status.get("own", "1") == "1"
    return bool(is_owned and item.get("subtype", "boardgame") == "boardgame")


def _entry(item: etree._Element) -> Entry:
    stats = item.find("stats")
    if stats is None:
        raise BadGame(Fault.PLAYERS)
    least, most = _number(stats, "minplayers"), _number(stats, "maxplayers")
    number = item.get("objectid", "")
    entry = Entry(
        name=" ".join((item.findtext("name") or "").split()),
        players_min=least or 0,
        players_max=min(most or 0, shelf.MOST_PLAYERS),  # some are said to be for 999
        minutes=_number(stats, "playingtime") or None,  # 0 is what it says where it does not know
        rules_url=PAGE.format(number) if re.fullmatch(r"[0-9]{1,9}", number) else "",
    )
    fault = shelf.fault_of(entry)
    if fault:
        raise BadGame(fault)
    return entry


def _number(stats: etree._Element, name: str) -> int | None:
    written = stats.get(name, "")
    return int(written) if re.fullmatch(r"[0-9]{1,5}", written) else None
