"""Patterns and mentions: what they find, what they must leave, and that nothing makes them slow."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from portal.blueprints.references.rules import mentions, patterns
from portal.blueprints.references.rules.patterns import Case, Fault, Pattern

INCIDENT = r"(?i)\b(?P<number>INC[0-9]{7})\b"
DESK = "https://desk.example/case/{number}"


def hrefs(pattern: str, url: str, text: str) -> list[str]:
    return [link.href for link in Pattern(pattern, url).links(text)]


class TestFinding:
    def test_a_number_leads_where_the_address_says(self) -> None:
        (link,) = Pattern(INCIDENT, DESK).links("Gjeld INC1234567.")
        assert (link.start, link.end, link.href) == (6, 16, "https://desk.example/case/INC1234567")

    def test_places_are_counted_in_characters_whatever_the_letters_before(self) -> None:
        text = "Blåbærsyltetøy 🫐🫐 på INC1234567"
        (link,) = Pattern(INCIDENT, DESK).links(text)
        assert text[link.start : link.end] == "INC1234567"

    @pytest.mark.parametrize(
        "text", ["åINC1234567", "INC1234567å", "XINC1234567", "INC12345678", "INC123456", "ИINC1234567"]
    )
    def test_what_is_part_of_a_longer_word_is_left(self, text: str) -> None:
        assert hrefs(r"INC[0-9]{7}", DESK, text) == []

    @pytest.mark.parametrize("text", ["(INC1234567)", "«INC1234567»", "INC1234567,", "sak-INC1234567", "/INC1234567/"])
    def test_signs_beside_it_are_no_letters(self, text: str) -> None:
        assert hrefs(INCIDENT, DESK, text) == ["https://desk.example/case/INC1234567"]

    def test_what_is_no_number_but_a_sentence_is_left(self) -> None:
        assert hrefs(r"a.*b", "/x", "a" + " " * 200 + "b") == []


class TestAddresses:
    @pytest.mark.parametrize(
        ("pattern", "url", "text", "href"),
        [
            (r"KB([0-9]+)", "/kunnskap/{0}", "KB12", "/kunnskap/KB12"),
            (r"KB([0-9]+)", "/kunnskap/KB{1}", "KB12", "/kunnskap/KB12"),
            (r"KB(?P<digits>[0-9]+)", "/k?n={digits}&m={1}", "KB12", "/k?n=12&m=12"),
            (r"KB([0-9]+)", "/k/{number}", "KB12", "/k/KB12"),
            (r"KB(?P<number>[0-9]+)", "/k/{number}", "KB12", "/k/12"),
            (
                r"sak (.+)$",
                "https://x.example/{1}",
                'sak a/b?c#d&e=f "<å',
                "https://x.example/a%2Fb%3Fc%23d%26e%3Df%20%22%3C%C3%A5",
            ),
            (r"KB([0-9]+)(x)?", "/k/{1}-{2}", "KB12", ""),
            (r"sak (\S+)", "/k/{1}", "sak ..", ""),
            (r"sak (\S+)", "/k/{1}", "sak .", ""),
        ],
    )
    def test_places_are_filled_with_what_was_found(self, pattern: str, url: str, text: str, href: str) -> None:
        assert hrefs(pattern, url, text) == ([href] if href else [])

    @pytest.mark.parametrize(
        "url",
        [
            "http://desk.example/{number}",
            "javascript:alert({number})",
            "//desk.example/{number}",
            "desk.example/{number}",
            "/\\desk.example",
            "/{number}",
            "https://{number}",
            "https://{number}.desk.example/",
            "https://desk.example{number}",
            "https://a@desk.example/",
            "https://desk.example:99999/",
            "https://desk.example:port/",
            "https:///x",
            "https://",
            "/a b",
            "/å",
            "/{number",
            "/number}",
            "/{}",
            "/{nu mber}",
            "",
            "mailto:a@b.no",
            "ftp://x.example/{number}",
            "{case_url}/x",
            "/a\\b",
            "data:text/html,{number}",
            "https://desk.example\\@evil.example/",
        ],
    )
    def test_an_address_that_could_lead_elsewhere_is_refused(self, url: str) -> None:
        assert Fault.ADDRESS in patterns.faults(INCIDENT, url)

    @pytest.mark.parametrize(
        "url",
        [
            DESK,
            "https://desk.example:8443/x?id={number}&v=1#a",
            "/kunnskap/KB{1}",
            "https://desk.example/{0}",
            "{case_url}",
            "https://desk.example?q={number}",
            "/sak?id={number}",
        ],
    )
    def test_an_address_that_can_be_used(self, url: str) -> None:
        assert patterns.faults(INCIDENT, url) == []

    @pytest.mark.parametrize("url", ["/x/{2}", "/x/{digits}", "/x/{case_url}"])
    def test_a_place_needs_its_group(self, url: str) -> None:
        assert patterns.faults(INCIDENT, url) == [Fault.PLACE]

    @given(st.text(max_size=60), st.sampled_from([DESK, "/kunnskap/{0}", "https://x.example/?q={1}&r={number}"]))
    @hypothesis_settings(max_examples=80, deadline=None)
    def test_whatever_is_found_stays_inside_its_place(self, found: str, url: str) -> None:
        href = patterns.address(url, found, [found], {})
        wanted, given_ = urlsplit(url), urlsplit(href)
        if href:
            assert (given_.scheme, given_.netloc) == (wanted.scheme, wanted.netloc)
            assert given_.path.count("/") == wanted.path.count("/")
            assert href.isascii()
            assert href.isprintable()
            assert not {".", ".."} & set(given_.path.split("/"))


class TestFaults:
    @pytest.mark.parametrize("pattern", ["[", "(", "a{2,1}", "(?=a)b", r"(a)\1", "a" + "{1000}" * 3, "*"])
    def test_what_re2_cannot_read(self, pattern: str) -> None:
        assert patterns.faults(pattern, "/x") == [Fault.SYNTAX]
        assert patterns.why(pattern)

    @pytest.mark.parametrize("pattern", ["", "a*", "x?", "(a|)", "^", "$"])
    def test_what_is_content_with_nothing(self, pattern: str) -> None:
        assert Fault.EMPTY in patterns.faults(pattern, "/x")

    def test_what_is_too_large(self) -> None:
        assert patterns.faults(r"(?:\pL\pN){9}", "/x") == [Fault.LARGE]


HOSTILE = [
    (r"(x+x+)+y", "x" * 10_000),
    (r"(a|a)*b", "a" * 10_000),
    (r"(a|aa)+$", "a" * 9_999 + "!"),
    (r"a.*z|a", "a " * 5_000),
    (r"(.*)*=", "=" * 5_000 + "x" * 5_000),
    (r"([0-9]+)+x", "1" * 10_000),
    (r"(?:a?){200}a{200}", "a" * 10_000),
]


@pytest.mark.parametrize(("pattern", "text"), HOSTILE)
def test_no_pattern_and_no_text_hang_the_desk(pattern: str, text: str) -> None:
    """Python's own engine needs longer than the sun will shine for several of these: that it ends is the test."""
    assert len(list(Pattern(pattern, "/x/{0}").links(text))) <= patterns.FOUND_MOST


@given(st.text(alphabet="ab(|)*+?.[]^$\\{}12", max_size=12), st.text(alphabet="ab1.\n", max_size=60))
@hypothesis_settings(max_examples=120, deadline=None)
def test_whatever_pattern_is_accepted_it_finds_places_in_the_text(pattern: str, text: str) -> None:
    if patterns.faults(pattern, "/x/{0}"):
        return
    links = list(Pattern(pattern, "/x/{0}").links(text))
    assert all(0 <= link.start < link.end <= len(text) for link in links)
    assert [link.end for link in links][:-1] <= [link.start for link in links][1:]


class TestCases:
    def test_what_is_expected_is_an_address_or_the_words(self) -> None:
        ready = Pattern(INCIDENT, DESK)
        cases = [
            Case(text="INC1234567", links=("https://desk.example/case/INC1234567",)),
            Case(text="inc1234567 og INC7654321", links=("inc1234567", "INC7654321")),
            Case(text="`INC1234567`"),
            Case(text="INC1"),
        ]
        assert [outcome.is_right for outcome in patterns.outcomes(ready, cases)] == [True] * 4

    @pytest.mark.parametrize(
        "case",
        [
            Case(text="INC1234567"),
            Case(text="INC1", links=("INC1",)),
            Case(text="INC1234567", links=("/other",)),
            Case(text="INC1234567 INC7654321", links=("INC7654321", "INC1234567")),
        ],
    )
    def test_too_few_too_many_wrong_or_in_another_order_is_not_right(self, case: Case) -> None:
        (outcome,) = patterns.outcomes(Pattern(INCIDENT, DESK), [case])
        assert not outcome.is_right

    def test_a_pattern_that_cannot_be_used_finds_nothing(self) -> None:
        assert patterns.outcomes(None, [Case(text="x", links=("x",))])[0].found == ()


KNOWN = {"ola.nordmann", "ola", "kari-anne", "bjørn_åge", "citrix", "å"}


class TestMentions:
    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("@ola.nordmann kan det", ["ola.nordmann"]),
            ("Spør @ola.", ["ola"]),
            ("(@ola), @kari-anne: @citrix!", ["ola", "kari-anne", "citrix"]),
            ("@OLA.Nordmann", ["ola.nordmann"]),
            ("@Bjørn_Åge", ["bjørn_åge"]),
            ("@bjørn_a\u030age", ["bjørn_åge"]),
            ("@ola.nordmann.Kan du sjå?", ["ola.nordmann"]),
            ("@citrix-feil", ["citrix"]),
            ("@ola-@kari-anne", ["ola"]),
            ("«@ola»", ["ola"]),
            ("@å", ["å"]),
            ("@ola's", ["ola"]),
        ],
    )
    def test_names_that_are_known_are_found(self, text: str, words: list[str]) -> None:
        found = list(mentions.found(text, KNOWN))
        assert [mention.word for mention in found] == words
        assert all(text[mention.start] == "@" for mention in found)

    @pytest.mark.parametrize(
        "text",
        [
            "post ola@ola.no",
            "anne@ola",
            "anne.@ola",
            "a+@ola",
            "@ola@helse.no",
            "@@ola",
            "@per",
            "@olav",
            "@",
            "@ ola",
            "ola",
            "//x@ola",
            "git@ola",
            "@ola/pakke",
            "C:\\@ola",
            "@olaå",
            "ø@ola",
            "＠ola",
            "a\u030a@ola",
            "@o",
            "npm i @citrix/app",
            "@ola.nordmann@helse-bergen.no",
            "mailto:@ola@x",
        ],
    )
    def test_addresses_and_unknown_names_are_left(self, text: str) -> None:
        assert list(mentions.found(text, KNOWN)) == []

    @given(
        st.lists(
            st.sampled_from(["@", "ola", ".", "-", "@ola", " ", "å", "a@b.no", "\u030a", "_", "/", "citrix", "A"])
            | st.text(max_size=3),
            max_size=20,
        ).map("".join)
    )
    @hypothesis_settings(max_examples=120, deadline=None)
    def test_a_mention_is_an_at_sign_and_a_known_word_that_stands_after_no_letter(self, text: str) -> None:
        for mention in mentions.found(text, KNOWN):
            assert text[mention.start] == "@"
            assert mentions.plain(text[mention.start + 1 : mention.end]) == mention.word
            assert not text[mention.start - 1 : mention.start].isalnum() or mention.start == 0

    @pytest.mark.parametrize(
        "text", ["@" * 10_000, "@ola." * 2_000, "@" + "a-" * 5_000, "@" + "a" * 9_999, "@a@" * 3_333, "@ola " * 2_000]
    )
    def test_ten_thousand_come_to_an_end(self, text: str) -> None:
        assert len(list(mentions.found(text, KNOWN))) <= 2_000

    @pytest.mark.parametrize(
        ("typed", "is_meant"),
        [
            ("ol", True),
            ("@Ol", True),
            ("nor", True),
            ("Ola No", True),
            ("ola.n", True),
            ("", True),
            ("rdm", False),
            ("la", False),
            ("aase", False),
            ("ol%", False),
        ],
    )
    def test_a_name_is_meant_by_the_beginning_of_any_word_of_it(self, typed: str, is_meant: bool) -> None:
        assert mentions.is_meant(typed, "ola.nordmann", "Ola Nordmann") is is_meant

    @pytest.mark.parametrize("typed", ["åse", "ase", "Åse", "ÅS", "øyg", "oyg", "a\u030as"])
    def test_letters_may_be_typed_without_their_marks(self, typed: str) -> None:
        assert mentions.is_meant(typed, "ao", "Åse Øygard")
