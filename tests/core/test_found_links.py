"""What finders make into links, and where they are not asked."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from portal.core import markdown
from portal.core.markdown import Link
from tests.core.markup import LIVELY, faults

pytestmark = pytest.mark.usefixtures("without_slices")


class Found:
    """A finder of the tests: what it finds, it finds by a rule on the text alone."""

    def __init__(self, *links: tuple[str, str, str]) -> None:
        self.links = links

    def __call__(self, text: str) -> Iterator[Link]:
        for words, href, title in self.links:
            for match in re.finditer(re.escape(words), text):
                yield Link(start=match.start(), end=match.end(), href=href, title=title)


@pytest.fixture
def finders(monkeypatch: pytest.MonkeyPatch) -> list[Found]:
    """Let a test say what is found; it may change its mind."""
    found: list[Found] = []
    monkeypatch.setattr(markdown, "_finders", [lambda: found[-1]])
    return found


class TestFoundLinks:
    def test_what_a_finder_finds_becomes_a_link(self, finders: list[Found]) -> None:
        finders.append(Found(("KB1", "/kunnskap/KB1", ""), ("@ola", "/folk/3", 'Ola "O" <Nordmann>')))
        assert markdown.to_html("Sjå KB1, @ola") == (
            '<p>Sjå <a href="/kunnskap/KB1">KB1</a>, '
            '<a href="/folk/3" title="Ola &quot;O&quot; &lt;Nordmann&gt;">@ola</a></p>\n'
        )

    @pytest.mark.parametrize(
        "text",
        ["`KB1`", "```\nKB1\n```", "    KB1", "[KB1](https://x.example)", "[sjå **KB1** her](/x)", "<https://KB1.example>",
         "https://x.example/KB1", "post KB1@x.no", "![x](/bilete/KB1)", "![KB1](/bilete/1)"],
    )  # fmt: skip
    def test_code_links_and_pictures_are_left_alone(self, finders: list[Found], text: str) -> None:
        finders.append(Found())
        before = markdown.to_html(text)
        finders.append(Found(("KB1", "/kunnskap/KB1", "")))
        assert markdown.to_html(text) == before

    @pytest.mark.parametrize(
        "text", ["**KB1**", "- KB1", "> KB1", "# KB1", "| KB1 |\n|---|\n| x |", "~~KB1~~", "a\nKB1", "[x](//y) KB1"]
    )
    def test_they_are_found_in_all_that_is_read_as_text(self, finders: list[Found], text: str) -> None:
        finders.append(Found(("KB1", "/kunnskap/KB1", "")))
        assert '<a href="/kunnskap/KB1">KB1</a>' in markdown.to_html(text)

    @pytest.mark.parametrize(
        "href",
        ["javascript:alert(1)", "//x.example", "/\\x.example", "http://x.example", "mailto:a@x.no", "relative", "",
         "https:x", "https://", "data:text/html,x", "/a b", "/a\nb", "/å", "JAVASCRIPT:x", " https://x.example"],
    )  # fmt: skip
    def test_other_addresses_than_https_and_paths_of_ours_come_to_nothing(
        self, finders: list[Found], href: str
    ) -> None:
        finders.append(Found(("KB1", href, "")))
        assert markdown.to_html("KB1") == "<p>KB1</p>\n"

    def test_an_address_outside_the_house_says_so(self, finders: list[Found]) -> None:
        finders.append(Found(("INC1", "https://desk.example/INC1", "")))
        assert 'rel="nofollow noopener noreferrer"' in markdown.to_html("INC1")

    def test_of_two_that_want_the_same_words_the_first_gets_them(self, finders: list[Found]) -> None:
        finders.append(Found(("KB12", "/first", ""), ("B1", "/second", ""), ("KB1", "/third", "")))
        assert markdown.to_html("KB12 KB13") == ('<p><a href="/first">KB12</a> K<a href="/second">B1</a>3</p>\n')

    def test_a_finder_that_points_outside_the_text_is_not_heard(self, monkeypatch: pytest.MonkeyPatch) -> None:
        wild = [(-1, 2), (0, 99), (2, 2), (3, 1)]
        monkeypatch.setattr(
            markdown, "_finders", [lambda: lambda _text: [Link(start=a, end=b, href="/x") for a, b in wild]]
        )
        assert markdown.to_html("a KB1 b") == "<p>a KB1 b</p>\n"

    def test_a_new_finder_holds_at_once(self, finders: list[Found]) -> None:
        finders.append(Found())
        assert "<a" not in markdown.to_html("Sjå KB77")
        finders.append(Found(("KB77", "/kunnskap/KB77", "")))
        assert "<a" in markdown.to_html("Sjå KB77")

    def test_words_and_excerpts_do_not_change(self, finders: list[Found]) -> None:
        finders.append(Found(("KB1", "/kunnskap/KB1", "Artikkel")))
        assert markdown.plain("Sjå **KB1**") == "Sjå KB1"
        assert markdown.excerpt("Sjå **KB1**", 40) == "Sjå KB1"

    def test_runs_are_the_text_in_which_links_are_looked_for(self) -> None:
        text = "Sjå **@ola** `@kode` [@lenkje](/x) https://vg.no/@a\nog @kari\n\n```\n@blokk\n```"
        assert [run for run in markdown.runs(text) if run.strip()] == ["Sjå ", "@ola", "og @kari"]
        assert list(markdown.runs("@ola " * 5_000)) == []

    @given(
        st.text(max_size=300) | LIVELY,
        st.lists(
            st.tuples(
                st.text(min_size=1, max_size=3),
                st.text(max_size=30) | st.sampled_from(["/x", "https://x.example/'\"><script>", "javascript:x"]),
                st.text(max_size=9),
            ),
            max_size=4,
        ),
    )
    @hypothesis_settings(max_examples=120, deadline=None)
    def test_whatever_is_found_the_page_is_safe_and_its_words_the_same(
        self, text: str, links: list[tuple[str, str, str]]
    ) -> None:
        with pytest.MonkeyPatch.context() as patch:
            found = Found(*links, ("a", "/a", "A"))
            patch.setattr(markdown, "_finders", [lambda: found])
            assert list(faults(text)) == []
            linked = BeautifulSoup(markdown.to_html(text), "html.parser").get_text()
            patch.setattr(markdown, "_finders", [])
            # Word by word: a browser shows two spaces as one.
            assert linked.split() == BeautifulSoup(markdown.to_html(text), "html.parser").get_text().split()
