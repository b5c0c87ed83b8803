"""What a text looks like: how it is written, as words alone, as an excerpt, and as code."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup, Tag
from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from markupsafe import escape

from portal.core import markdown
from tests.core.markup import LIVELY

pytestmark = pytest.mark.usefixtures("without_slices")


@given(st.text(max_size=400) | LIVELY)
@hypothesis_settings(max_examples=120, deadline=None)
@example("![bilete av feilen](/bilete/1) og ![](/bilete/2)")
@example("a\\\nb  \nc")
def test_plain_is_the_words_of_the_page_and_no_markup(text: str) -> None:
    soup = BeautifulSoup(markdown.to_html(text), "html.parser")
    for image in soup.find_all("img"):
        image.replace_with(str(image["alt"]))
    for block in soup.find_all(["p", "br", "li", "td", "th", "pre", "h3", "h4", "h5", "h6", "hr", "table"]):
        block.insert_after("\n")
    plain = markdown.plain(text)
    assert type(plain) is str
    assert plain.split() == soup.get_text().split()


@given(st.text(max_size=200) | LIVELY, st.integers(1, 80))
@hypothesis_settings(max_examples=60, deadline=None)
def test_an_excerpt_is_one_line_and_never_too_long(text: str, length: int) -> None:
    excerpt = markdown.excerpt(text, length)
    assert len(excerpt) <= length
    assert "\n" not in excerpt
    assert excerpt.endswith("…") or excerpt.split() == markdown.plain(text).split()


class TestExcerpt:
    def test_a_short_text_is_given_whole(self) -> None:
        assert markdown.excerpt("Skrivaren **svarar** ikkje", 40) == "Skrivaren svarar ikkje"

    def test_a_long_text_is_cut_at_a_word(self) -> None:
        assert markdown.excerpt("Skrivaren svarar ikkje etter oppdateringa", 20) == "Skrivaren svarar…"
        assert markdown.excerpt("Skrivaren svarar ikkje", 17) == "Skrivaren svarar…"

    def test_a_long_word_is_cut_where_it_must_be(self) -> None:
        assert markdown.excerpt("Kundesentertelefonnummer", 10) == "Kundesent…"


class TestWriting:
    def test_headings_leave_the_first_two_levels_to_the_page(self) -> None:
        assert markdown.to_html("# a\n\n## b\n\n##### c").replace("\n", "") == "<h3>a</h3><h4>b</h4><h6>c</h6>"

    def test_emphasis_lists_and_strikes(self) -> None:
        html = markdown.to_html("**a** *b* ~~c~~\n\n- d\n\n3. e")
        assert {each.name for each in BeautifulSoup(html, "html.parser").find_all(True)} == {
            "p", "strong", "em", "s", "ul", "ol", "li",
        }  # fmt: skip
        assert '<ol start="3">' in html

    def test_a_single_line_break_is_kept(self) -> None:
        assert "<br>" in markdown.to_html("Fyrste linje\nandre linje")

    @pytest.mark.parametrize(
        ("text", "href"),
        [("https://vg.no/a?b=1&c=2", "https://vg.no/a?b=1&c=2"), ("www.vg.no", "http://www.vg.no"),
         ("anne@helse.no", "mailto:anne@helse.no"), ("[x](https://vg.no)", "https://vg.no"),
         ("<https://vg.no>", "https://vg.no"), ("[x](/sporsmal/17#svar-2)", "/sporsmal/17#svar-2")],
    )  # fmt: skip
    def test_links(self, text: str, href: str) -> None:
        (link,) = BeautifulSoup(markdown.to_html(text), "html.parser").find_all("a")
        assert link["href"] == href
        assert ("rel" in link.attrs) == href.startswith("http")

    @pytest.mark.parametrize("text", ["køyr setup.sh", "sjå notat.md", "main.py", "cmd.exe", "fil.xlsx"])
    def test_names_of_files_are_no_links(self, text: str) -> None:
        assert "<a" not in markdown.to_html(text)

    def test_own_pictures_are_shown_and_foreign_ones_become_links(self) -> None:
        html = markdown.to_html(
            "![feilen](/bilete/a1b2.webp) ![kart](https://x.example/k.png) ![](https://x.example/u)"
        )
        soup = BeautifulSoup(html, "html.parser")
        (image,) = soup.find_all("img")
        assert (image["src"], image["alt"], image["loading"]) == ("/bilete/a1b2.webp", "feilen", "lazy")
        assert [(link["href"], link.text) for link in soup.find_all("a")] == [
            ("https://x.example/k.png", "kart"),
            ("https://x.example/u", "https://x.example/u"),
        ]

    def test_a_foreign_picture_in_a_link_leaves_its_words(self) -> None:
        html = markdown.to_html("[![kart](https://x.example/k.png)](https://y.example)")
        (link,) = BeautifulSoup(html, "html.parser").find_all("a")
        assert (link["href"], link.text) == ("https://y.example", "kart")

    def test_tables_align_by_class_and_scroll_on_their_own(self) -> None:
        html = markdown.to_html("| a | b | c |\n|:--|:-:|--:|\n| 1 | 2 | 3 |")
        soup = BeautifulSoup(html, "html.parser")
        assert [cell.get("class") for cell in soup.find_all("td")] == [None, ["is-center"], ["is-right"]]
        (frame,) = soup.find_all("div", class_="table")
        assert frame["tabindex"] == "0"
        assert "style" not in html

    def test_a_picture_address_with_more_to_it_becomes_a_link(self) -> None:
        assert '<a href="/bilete/1?x=1">x</a>' in markdown.to_html("![x](/bilete/1?x=1)")

    @pytest.mark.parametrize("address", ["javascript:alert(1)", "//x.example", "relative", "data:text/html,x"])
    def test_a_link_that_is_not_allowed_is_shown_as_it_is_written(self, address: str) -> None:
        assert markdown.to_html(f"[x]({address})") == f"<p>[x]({address})</p>\n"

    def test_html_is_shown_as_it_is_written(self) -> None:
        assert markdown.to_html("<b>x</b>") == "<p>&lt;b&gt;x&lt;/b&gt;</p>\n"


class TestCode:
    def test_code_is_marked_up_by_classes(self) -> None:
        html = markdown.to_html("```powershell\nGet-Printer | Where-Object Name -eq 'A'\n```", code_label="Kode")
        soup = BeautifulSoup(html, "html.parser")
        (frame,) = soup.find_all("div", class_="code")
        pre = frame.find("pre")
        assert isinstance(pre, Tag)
        assert frame["data-language"] == "PowerShell"
        assert (pre["tabindex"], pre["role"], pre["aria-label"]) == ("0", "region", "Kode: PowerShell")
        assert soup.find_all("span", class_="nb")
        assert soup.get_text().strip() == "Get-Printer | Where-Object Name -eq 'A'"

    @pytest.mark.parametrize("text", ["```\nx <b>&amp;\n```", "    x <b>&amp;", "```klingon\nx <b>&amp;\n```"])
    def test_code_in_no_known_language_is_left_as_it_is(self, text: str) -> None:
        html = markdown.to_html(text)
        assert '<div class="code"><pre ' in html
        assert "<code>x &lt;b&gt;&amp;amp;\n</code>" in html
        assert 'aria-label="Code"' in html

    @pytest.mark.parametrize("alias", sorted(markdown.LANGUAGES))
    def test_every_language_that_is_offered_is_there(self, alias: str) -> None:
        code = "SELECT 1; -- 'x' <b> [a] $(b) {c: 1}"
        soup = BeautifulSoup(markdown.to_html(f"```{alias}\n{code}\n```"), "html.parser")
        assert soup.get_text().strip() == code

    def test_the_first_line_keeps_its_indent_and_empty_lines_stay(self) -> None:
        soup = BeautifulSoup(markdown.to_html("```python\n\n    a = 1\n\n\nb\n\n```"), "html.parser")
        code = soup.find("code")
        assert isinstance(code, Tag)
        assert code.get_text() == "\n    a = 1\n\n\nb\n\n"

    def test_a_label_is_escaped(self) -> None:
        soup = BeautifulSoup(markdown.to_html("```\nx\n```", code_label='"><script>&amp;'), "html.parser")
        (pre,) = soup.find_all("pre")
        assert pre["aria-label"] == '"><script>&amp;'


def test_plain_keeps_the_words_of_tags_that_somebody_writes_about() -> None:
    assert markdown.plain("Bruk `<add key='x'>` i **web.config**") == "Bruk <add key='x'> i web.config"
    assert escape(markdown.plain("<b>x</b>")) == "&lt;b&gt;x&lt;/b&gt;"


def test_plain_puts_blocks_on_lines_of_their_own() -> None:
    assert markdown.plain("# Tittel\n\nEin **to**\n\n- tre\n- fire\n\n| a | b |\n|---|---|\n| c | d |") == (
        "Tittel\nEin to\ntre\nfire\na\nb\nc\nd"
    )
