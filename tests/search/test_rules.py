"""Folding, queries, ranking and excerpts: values in, values out."""

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.blueprints.search.rules import compounds, excerpts, folding, parsing, ranking, spelling, tables, tokens
from portal.blueprints.search.rules import vocabulary as words
from portal.blueprints.search.rules.parsing import parse
from portal.blueprints.search.rules.ranking import Candidate
from portal.blueprints.search.rules.vocabulary import Synonyms, Vocabulary
from tests.search.inflections import must_meet, must_not_meet

WORDS_OF_THE_HOUSE = "utskrift kø bruker navn passord bytte skjerm bilde nett verk tilgang"
HOUSE = Vocabulary(documents=100, counts={folding.key(word): 5 for word in WORDS_OF_THE_HOUSE.split()})
SEED = words.synonyms(words.seed())
LETTERS = string.ascii_lowercase + "æøå"


def wanted(text, *, house=HOUSE, synonyms=SEED, is_typing=False):
    return parsing.wanted(parse(text), vocabulary=house, synonyms=synonyms, is_typing=is_typing)


def candidate(title, body="", number=1, house=HOUSE):
    head, rest = tokens.folded(title, house.known), tokens.folded(body, house.known)
    return Candidate(
        id=number,
        title_keys=" ".join(head.keys),
        body_keys=" ".join(rest.keys),
        title_words=" ".join(head.words),
        body_words=" ".join(rest.words),
    )


def order(query, *candidates, **given):
    return [each.id for each in ranking.ranked(candidates, wanted(query, **given))]


# Folding


def test_there_are_a_thousand_pairs_that_must_meet():
    assert len(must_meet()) >= 1000


@pytest.mark.parametrize("first", sorted({nn[0] for nn, _ in must_meet()}))
def test_forms_of_a_word_meet_across_the_written_forms(first):
    pairs = [(nn, nb) for nn, nb in must_meet() if nn[0] == first]
    assert [(nn, nb, folding.key(nn), folding.key(nb)) for nn, nb in pairs if folding.key(nn) != folding.key(nb)] == []


def test_words_that_have_nothing_to_do_with_one_another_do_not_meet():
    assert len(must_not_meet()) > 150
    assert [
        (one, other, folding.key(one)) for one, other in must_not_meet() if folding.key(one) == folding.key(other)
    ] == []


def test_the_example_of_the_house_is_one_question_in_both_forms():
    nynorsk = wanted("Skrivaren svarar ikkje etter oppdatering")
    bokmaal = wanted("printeren svarer ikke etter oppdatering")
    assert len(nynorsk.concepts) == len(bokmaal.concepts) == 3
    for mine, theirs in zip(nynorsk.concepts, bokmaal.concepts, strict=True):
        assert set(mine.keys) & set(theirs.keys)
        assert folding.key(next(iter(theirs.words))) in mine.keys


@pytest.mark.parametrize("name", ["Teams", "OUTLOOK", "windows", "Citrix", "dips", "VPN"])
def test_names_are_not_folded(name):
    assert folding.key(name) == name.lower()


@pytest.mark.parametrize("code", ["0x80090308", "KB10482", "INC0012345", "4625", "Win11"])
def test_codes_are_not_folded(code):
    assert folding.key(code) == code.lower()


@settings(max_examples=50)
@given(st.text())
def test_folding_never_raises_and_keys_are_what_both_engines_take(text):
    for word in tokens.words(text):
        for key in tokens.keys(word, HOUSE.known):
            assert key.isalnum()
            assert key == key.lower()


@settings(max_examples=50)
@given(st.text(alphabet=LETTERS, min_size=1, max_size=20))
def test_capitals_make_no_difference(word):
    assert folding.key(word.upper()) == folding.key(word)


@settings(max_examples=50)
@given(st.text(alphabet=LETTERS + string.digits, min_size=1, max_size=20).filter(lambda w: any(c.isdigit() for c in w)))
def test_every_digit_is_kept(word):
    assert folding.key(word) == word


@settings(max_examples=50)
@given(st.sampled_from([word for pair in must_meet() for word in pair]))
def test_the_word_that_stands_for_its_forms_folds_to_the_same_key(word):
    lemma = folding._FORMS.get(word, word)
    assert folding.key(lemma) == folding.key(word)


# Words and codes


def terms(text):
    return [word.terms for word in tokens.words(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("KB10482", [("kb10482", "10482")]),
        ("KB-10482", [("kb10482", "10482")]),
        ("INC0012345", [("inc0012345", "12345")]),
        ("0x80090308", [("0x80090308", "80090308")]),
        ("versjon 4.7.0", [("versjon",), ("470",)]),
        ("e-posten", [("eposten", "posten")]),
        ("PC-en min", [("pc",), ("min",)]),
        ("Excel-arket", [("excel", "excelarket"), ("arket",)]),
        ("", []),
        ("!?*\x00🙂", []),
    ],
)
def test_a_text_is_cut_into_words_and_codes(text, found):
    assert terms(text) == found


def test_the_words_of_a_phrase_stay_side_by_side():
    folded = tokens.folded("Excel-arket i KB10482 er borte")
    assert folded.words[:5] == ("excel", "arket", "i", "kb10482", "er")


# Compounds


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("utskriftskø", "utskrift kø"),
        ("utskriftskøen", "utskrift kø"),
        ("brukarnamn", "bruker navn"),
        ("brukernavnet", "bruker navn"),
        ("passordbytte", "passord bytte"),
        ("passordbyte", "passord bytte"),
        ("skjermbilete", "skjerm bilde"),
        ("nettverkstilgang", "nettverk tilgang"),
    ],
)
def test_compounds_are_split_with_the_words_of_the_house(word, parts):
    known = HOUSE.known | {folding.key("nettverk")}
    assert compounds.parts(word, known) == tuple(folding.key(part) for part in parts.split())


@pytest.mark.parametrize(
    "word", ["oppgave", "forbindelse", "kø", "teams", "KB10482", "utskrift", "navngitt", "innhold"]
)
def test_what_is_not_made_of_two_words_is_not_split(word):
    assert compounds.parts(word.lower(), HOUSE.known) == ()


def test_nothing_is_split_before_the_house_has_words():
    assert compounds.parts("utskriftskø", frozenset()) == ()


def test_two_houses_with_the_same_words_are_never_compared_word_for_word():
    one, other = Vocabulary(counts={"skriver": 2}).known, Vocabulary(counts={"skriver": 2}).known
    assert len({one, other}) == 2
    assert "skriver" in one


# Queries


def test_a_query_is_cut_into_words_phrases_and_exclusions():
    asked = parse('skrivar "svart skjerm" -bergen -"lokal disk" utan toner')
    assert [word.text for word in asked.words] == ["skrivar", "toner"]
    assert asked.phrases == (("svart", "skjerm"),)
    assert asked.excluded == (("lokal", "disk"), ("bergen",))


def test_a_hyphen_inside_a_word_excludes_nothing():
    assert parse("e-post følgje-utskrift").excluded == ()


def test_words_that_say_nothing_are_left_out_unless_they_are_all_there_is():
    assert [word.text for word in parse("kva er det med skrivaren").words] == ["skrivaren"]
    assert [word.text for word in parse("kva er det").words] == ["kva", "er", "det"]


def test_a_query_is_bounded():
    asked = parse(" ".join(f"ord{number}" for number in range(1000)) + '"a b" ' * 50)
    assert len(asked.words) <= parsing.MOST_WORDS
    assert len(asked.phrases) <= 4


def test_a_query_of_exclusions_alone_asks_for_nothing():
    assert wanted("-skrivar").is_empty


@settings(max_examples=50)
@given(st.text(alphabet=st.characters() | st.sampled_from('"-*()«»'), max_size=80))
def test_no_query_is_refused(text):
    wanted(text)


# Synonyms


def test_there_are_two_hundred_groups_and_no_term_stands_alone():
    assert len(words.seed()) >= 200
    assert [group for group in words.seed() if len(group) < 2] == []


@pytest.mark.parametrize(
    ("one", "other"),
    [("skrivar", "printer"), ("pålogging", "login"), ("e-post", "mail"), ("hodesett", "headset"), ("tenar", "server")],
)
def test_synonyms_count_as_each_other(one, other):
    (concept,) = wanted(one).concepts
    assert concept.keys[folding.key(other.replace("-", ""))] == parsing.SYNONYM_WEIGHT


def test_a_synonym_of_several_words_counts_for_them():
    (concept,) = wanted("bluescreen").concepts
    assert {folding.key("blå"), folding.key("skjerm")} <= set(concept.keys)
    first, _second = wanted("blå skjerm").concepts
    assert folding.key("bluescreen") in first.keys


# Ranking


def test_a_title_counts_more_than_a_body():
    assert order("skrivar", candidate("Toner", "skrivar", 1), candidate("Skrivar", "toner", 2)) == [2, 1]


def test_a_rare_word_counts_more_than_a_frequent_one():
    house = Vocabulary(documents=100, counts={"skriver": 60, "toner": 2})
    assert order("skrivar toner", candidate("skrivar", number=1), candidate("toner", number=2), house=house) == [2, 1]


def test_holding_everything_beats_holding_one_thing_often():
    often = candidate("Skrivar", "skrivar " * 20, 1)
    assert order("skrivar kø", often, candidate("Noko heilt anna", "skrivaren har ei kø", 2)) == [2, 1]


def test_the_form_that_was_written_wins_among_equals():
    assert order("skrivaren", candidate("skriverne", number=3), candidate("skrivaren", number=1)) == [1, 3]


def test_a_short_text_beats_a_long_one_that_says_the_same():
    long = candidate("Tittel", "skrivar " + "ord " * 400, 3)
    assert order("skrivar", long, candidate("Tittel", "skrivar ord", 1)) == [1, 3]


def test_a_phrase_must_stand_as_it_is_written():
    right, wrong = candidate("a", "svart skjerm i dag", 1), candidate("a", "svarte skjermar, skjerm svart", 2)
    assert order('"svart skjerm"', right, wrong) == [1]


def test_what_is_left_out_is_left_out_in_every_form():
    assert order("skjerm -skrivar", candidate("skjerm", number=1), candidate("skjerm", "skriverne", number=2)) == [1]


def test_a_code_is_found_with_and_without_its_prefix():
    case = candidate("Feil 0x80090308 i INC0012345", number=1)
    for query in ("0x80090308", "80090308", "INC0012345", "12345"):
        assert order(query, case) == [1]
    assert order("0x80090309", case) == []


def test_a_word_that_is_being_typed_may_go_on():
    assert order("utskr", candidate("Utskrift", number=1)) == []
    assert order("utskr", candidate("Utskrift", number=1), is_typing=True) == [1]


def test_the_rarest_words_are_matched_on_first():
    house = Vocabulary(
        documents=9000, counts={folding.key("skrivar"): 8000, folding.key("toner"): 20, folding.key("feil"): 7000}
    )
    chosen = ranking.selective(wanted("feil skrivar toner", house=house, synonyms=Synonyms()).concepts, 5000)
    assert [set(concept.words) for concept in chosen] == [{"toner"}]


def test_fusing_keeps_what_both_lists_hold_on_top():
    first = ranking.ranked([candidate("skrivar", number=1), candidate("x", "skrivar", number=2)], wanted("skrivar"))
    assert [each.id for each in ranking.fused(first, [2, 9], weight=0.3)] == [2, 1, 9]


# Spelling


def test_a_slip_of_the_finger_is_alike():
    assert spelling.alike(
        [candidate("Pålogginga heng", number=1), candidate("Toner", number=2)], wanted("påloging")
    ) == [1]


def test_nonsense_is_like_nothing():
    assert spelling.alike([candidate("Pålogginga heng", number=1)], wanted("xqzjk")) == []


# Excerpts


def test_an_excerpt_shows_what_was_asked_for_in_any_form():
    text = "Ord " * 60 + "og så stoppa skrivarane heilt." + " Slutt" * 60
    pieces = excerpts.excerpt(text, wanted("skriver"))
    assert [piece for piece, is_match in pieces if is_match] == ["skrivarane"]
    assert len("".join(piece for piece, _ in pieces)) < 300
    assert pieces[0] == ("… ", False)
    assert pieces[-1] == (" …", False)


def test_a_short_text_is_its_own_excerpt():
    assert excerpts.excerpt("Toner er tom.", wanted("toner")) == [("Toner", True), (" er tom.", False)]


@settings(max_examples=50)
@given(st.text(max_size=200), st.text(max_size=30))
def test_marking_loses_no_letter(text, query):
    assert "".join(piece for piece, _ in excerpts.marked(text, wanted(query))) == text


def test_markup_in_a_text_stays_text():
    pieces = excerpts.excerpt("<b>skrivar</b>", wanted("skrivar"))
    assert pieces == [("<b>", False), ("skrivar", True), ("</b>", False)]


# Lists


def test_no_word_list_holds_a_form_twice_with_two_meanings():
    seen: dict[str, str] = {}
    for name in ("forms.txt", "fixed.txt"):
        for line in tables._lines(name):
            word, forms = line.split(":")
            for form in forms.split():
                assert seen.setdefault(f"{name}:{form}", word) == word, form
