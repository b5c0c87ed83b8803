"""Reading the shelf from a table and from BoardGameGeek, and writing it again."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.blueprints.games.rules import boardgamegeek, lists, shelf
from portal.blueprints.games.rules.shelf import BadGame, Entry, Fault

COLLECTION = """<?xml version="1.0" encoding="utf-8" standalone="yes"?>
<items totalitems="4" termsofuse="https://boardgamegeek.com/xmlapi/termsofuse" pubdate="Mon, 23 Nov 2026">
  <item objecttype="thing" objectid="13" subtype="boardgame" collid="1">
    <name sortindex="1">Catan &#039;95 &amp; co</name>
    <stats minplayers="3" maxplayers="4" playingtime="120"><rating value="N/A"/></stats>
    <status own="1" prevowned="0" wishlist="0"/>
  </item>
  <item objecttype="thing" objectid="14" subtype="boardgame"><name>Without numbers</name><status own="1"/></item>
  <item objecttype="thing" objectid="15" subtype="boardgame"><name>Only wished for</name><status own="0"/></item>
  <item objecttype="thing" objectid="16" subtype="boardgameexpansion"><name>Seafarers</name><status own="1"/></item>
</items>"""
entries = st.builds(
    lambda name, least, more, **words: Entry(
        name=" ".join(name.split()), players_min=least, players_max=least + more, **words
    ),
    name=st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=40),
    least=st.integers(1, 8),
    more=st.integers(0, 8),
    minutes=st.none() | st.integers(1, 600),
    language=st.sampled_from(["", "norsk", "=SUM(A1)"]),
    rules_url=st.sampled_from(["", "https://spel.example/reglar.pdf"]),
    notes=st.sampled_from(["", "+47", "@x", 'to\nlinjer; «sitat» "og" komma,', "'=1", "''", "-"]),
)


@given(st.lists(entries, max_size=5))
@settings(max_examples=40)
def test_what_is_written_is_read_again_as_it_was(games: list[Entry]) -> None:
    games = [game for game in games if shelf.fault_of(game) is None]
    read = lists.read(lists.write(games))
    assert [entry for _, entry in read.entries] == games
    assert not read.bad


def test_nothing_that_is_written_is_a_formula() -> None:
    game = Entry(name="=HYPERLINK(1)", players_min=1, players_max=2, notes="@SUM", language="-1+1", rules_url="")
    cells = lists.write([game]).splitlines()[1].split(";")
    assert [cell for cell in cells if cell.startswith(("=", "@", "-", "+"))] == []


def test_the_columns_may_be_called_what_people_call_them() -> None:
    read = lists.read(
        "Spel,Spelarar,Best med,Speletid,Språk,Reglar,Merknad\nAzul,2–4,3,45,norsk,https://a.example/,fin\n"
    )
    assert [entry for _, entry in read.entries] == [
        Entry(
            name="Azul",
            players_min=2,
            players_max=4,
            players_best=3,
            minutes=45,
            language="norsk",
            rules_url="https://a.example/",
            notes="fin",
        )
    ]


def test_the_table_that_boardgamegeek_gives_is_read_too() -> None:
    text = (
        "objectname,objectid,own,itemtype,minplayers,maxplayers,playingtime,bggbestplayers\n"
        'Azul,1,1,standalone,2,4,45,"2,3"\nWished,2,0,standalone,2,4,45,\nMore Azul,3,1,expansion,2,4,45,\n'
    )
    read = lists.read(text)
    assert [(line, entry.name, entry.players_best) for line, entry in read.entries] == [(2, "Azul", 2)]
    assert read.passed_over == 2


@pytest.mark.parametrize(
    ("cells", "fault"),
    [
        ("Azul;4;2;;;", Fault.PLAYERS),
        ("Azul;0;2;;;", Fault.PLAYERS),
        ("Azul;two;4;;;", Fault.PLAYERS),
        ("Azul;;4;;;", Fault.PLAYERS),
        ("Azul;2;100;;;", Fault.PLAYERS),
        ("Azul;2;4;5;;", Fault.BEST),
        ("Azul;2;4;x;;", Fault.BEST),
        ("Azul;2;4;;0;", Fault.MINUTES),
        ("Azul;2;4;;an hour;", Fault.MINUTES),
        ("Azul;2;4;;;javascript:alert(1)", Fault.ADDRESS),
        ("Azul;2;4;;;ftp://a.example", Fault.ADDRESS),
        ('Azul;2;4;;;https://a.example/" onclick', Fault.ADDRESS),
        (";2;4;;;", Fault.NAME),
        (f"{'x' * 121};2;4;;;", Fault.LONG),
        ("Azul;2;4;", Fault.CELLS),
    ],
)
def test_each_line_that_cannot_be_used_is_told_by_its_number(cells: str, fault: Fault) -> None:
    read = lists.read(f"name;min;max;best;minutes;rules\nCatan;3;4;;;\n\n{cells}\nChess;2;2;;;\n")
    assert [(bad.line, bad.fault) for bad in read.bad] == [(4, fault)]
    assert [line for line, _ in read.entries] == [2, 5]


def test_a_cell_of_several_lines_moves_no_number() -> None:
    read = lists.read('name;players;notes\nAzul;2-4;"a\nb\nc"\nCatan;;\n')
    assert [(bad.line, bad.fault) for bad in read.bad] == [(5, Fault.PLAYERS)]


@pytest.mark.parametrize(
    ("written", "least", "most"), [("4", 4, 4), ("2-5", 2, 5), ("2 – 5", 2, 5), ("2 til 5", 2, 5), ("3+", 3, 99)]
)
def test_players_may_be_written_in_one_cell(written: str, least: int, most: int) -> None:
    ((_, entry),) = lists.read(f"name;players\nAzul;{written}\n").entries
    assert (entry.players_min, entry.players_max) == (least, most)


@pytest.mark.parametrize(
    ("raw", "fault"),
    [
        (b"PK\x03\x04", Fault.ARCHIVE),
        (b"name\x00;", Fault.NOT_TEXT),
        (b"x" * (shelf.MOST_BYTES + 1), Fault.TOO_BIG),
    ],
)
def test_what_is_no_text_is_refused_whole(raw: bytes, fault: Fault) -> None:
    with pytest.raises(BadGame) as refused:
        lists.decode(raw)
    assert refused.value.bad.fault is fault


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("players\n2\n", Fault.NO_NAME_COLUMN),
        ("name\nAzul\n", Fault.NO_PLAYERS_COLUMN),
        ("name;namn;players\n", Fault.TWO_COLUMNS),
        ('name;players\n"Azul;2\n', Fault.NOT_CSV),
        ("", Fault.NO_NAME_COLUMN),
        ("name;players\n" + "Azul;2\n" * (shelf.MOST_GAMES + 1), Fault.TOO_MANY),
    ],
)
def test_a_table_that_is_none_is_refused_whole(text: str, fault: Fault) -> None:
    with pytest.raises(BadGame) as refused:
        lists.read(text)
    assert refused.value.bad.fault is fault


def test_a_collection_gives_the_games_that_are_owned() -> None:
    read = boardgamegeek.read(COLLECTION)
    assert read.entries == [
        (
            3,
            Entry(
                name="Catan '95 & co",
                players_min=3,
                players_max=4,
                minutes=120,
                rules_url="https://boardgamegeek.com/boardgame/13",
            ),
        )
    ]
    assert [(bad.line, bad.fault) for bad in read.bad] == [(8, Fault.PLAYERS)]
    assert read.passed_over == 2


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "ha">{LAUGHS}]><items>&l9;</items>', Fault.DECLARES),
        ('<!DOCTYPE items SYSTEM "http://127.0.0.1/x.dtd"><items/>', Fault.DECLARES),
        ('<!doctype items [<!ENTITY x SYSTEM "file:///etc/passwd">]><items>&x;</items>', Fault.DECLARES),
        ("<items><item></items>", Fault.NOT_XML),
        ("<items>" + "<item>" * 3000 + "</item>" * 3000 + "</items>", Fault.NOT_XML),
        ("<message>Your request for this collection has been accepted</message>", Fault.NOT_A_COLLECTION),
        ("<items>" + "<item/>" * (shelf.MOST_GAMES + 1) + "</items>", Fault.TOO_MANY),
    ],
)
def test_what_is_no_honest_collection_is_refused_whole(text: str, fault: Fault) -> None:
    with pytest.raises(BadGame) as refused:
        boardgamegeek.read(text)
    assert refused.value.bad.fault is fault


def test_an_encoding_that_is_claimed_changes_nothing() -> None:
    text = COLLECTION.replace('encoding="utf-8"', 'encoding="utf-7"')
    assert len(boardgamegeek.read(text).entries) == 1


@pytest.mark.parametrize(
    ("written", "is_one"),
    [
        ("https://boardgamegeek.com/boardgame/13/catan?x=1#y", True),
        ("http://spel.example:8080/", True),
        ("//spel.example", False),
        ("https://", False),
        ("https://user:secret@spel.example", False),
        ("https://spel.example:0/", False),
        ("https://spel.example/a b", False),
        ("https://[::1", False),
        ("data:text/html,x", False),
    ],
)
def test_only_addresses_of_the_web_are_addresses(written: str, is_one: bool) -> None:
    assert shelf.is_address(written) is is_one
