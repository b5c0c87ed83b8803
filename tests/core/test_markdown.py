import re
from collections.abc import Iterator

import pytest
from bs4 import BeautifulSoup, Tag
from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from markupsafe import Markup, escape

from portal.core import markdown
from portal.core.markdown import Link


@pytest.fixture(autouse=True, scope="module")
def without_slices() -> Iterator[None]:
    """Take away the finders that slices have registered: here we are below them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(markdown, "_finders", [])
        yield


# Written by hand and apart from the defence: what may come out, and nothing else.
ALLOWED: dict[str, dict[str, str]] = {
    **{name: {} for name in ("p", "br", "hr", "strong", "em", "s", "blockquote", "ul", "li", "h3", "h4", "h5", "h6")},
    **{name: {} for name in ("code", "table", "thead", "tbody", "tr")},
    "ol": {"start": r"\d+"},
    "th": {"class": "is-(center|right)"},
    "td": {"class": "is-(center|right)"},
    "a": {
        "href": r"(?:(?i:https?://|mailto:)|/(?![/\\]))\S*",
        "rel": "nofollow noopener noreferrer",
        "title": r"[\s\S]*",
    },
    "img": {"src": r"/bilete/[A-Za-z0-9._/\-]+", "alt": r"[\s\S]*", "loading": "lazy", "decoding": "async"},
    "div": {"class": "code|table", "data-language": r"[\w#+ .\-]+", "tabindex": "0"},
    "pre": {"tabindex": "0", "role": "region", "aria-label": r"[^<>]+"},
    "span": {"class": r"[a-z][a-z0-9]?[a-z0-9]?"},
}


def elements(text: str) -> list[Tag]:
    html = markdown.to_html(text)
    assert isinstance(html, Markup)
    return list(BeautifulSoup(html, "html.parser").find_all(True))


def faults(text: str) -> Iterator[str]:
    return faults_of(elements(text))


def faults_of(elements: list[Tag]) -> Iterator[str]:
    for element in elements:
        allowed = ALLOWED.get(element.name)
        if allowed is None:
            yield f"<{element.name}>"
            continue
        for name, value in element.attrs.items():
            shown = " ".join(value) if isinstance(value, list) else value
            if name not in allowed or not re.fullmatch(allowed[name], shown):
                yield f"<{element.name} {name}={shown!r}>"


ATTACKS = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//x.example/x.js></SCRIPT>",
    "<scr<script>ipt>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<img src='/bilete/1' onload=alert(1)>",
    "<p onclick='alert(1)' style='position:fixed' class='button' id='main'>x</p>",
    "<svg onload=alert(1)><a xlink:href='javascript:alert(1)'><text>x</text></a></svg>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<style>@import 'https://x.example/x.css';</style>",
    "<link rel=stylesheet href=https://x.example/x.css>",
    "<iframe src='https://x.example'></iframe>",
    "<iframe srcdoc='&lt;script&gt;alert(1)&lt;/script&gt;'></iframe>",
    "<object data='javascript:alert(1)'></object><embed src='javascript:alert(1)'>",
    "<form action='https://x.example'><input name=password><button formaction='javascript:alert(1)'>x</button></form>",
    "<meta http-equiv=refresh content='0;url=https://x.example'>",
    "<base href='https://x.example/'>",
    "<template><script>alert(1)</script></template>",
    "<details open ontoggle=alert(1)>",
    "<video><source onerror=alert(1)></video>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?php echo 1 ?>",
    "<a href='javascript:alert(1)'>x</a>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](<javascript:alert(1)>)",
    "[x](java\tscript:alert(1))",
    "[x](<java\nscript:alert(1)>)",
    "[x](&#106;avascript:alert(1))",
    "[x](&#x6A&#x61&#x76&#x61script:alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](javascript&#58;alert(1))",
    "[x](\u0001javascript:alert(1))",
    "[x](%6aavascript:alert(1))",
    "[x](\u00a0javascript:alert(1))",
    "[x](vbscript:msgbox(1))",
    "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "[x](file:///etc/passwd)",
    "[x](blob:https://x.example/1)",
    "[x](ftp://x.example)",
    "[x](//x.example)",
    "[x](/\\x.example)",
    "[x](\\\\x.example\\share)",
    "[x](https:javascript)",
    "[x](relative/page)",
    "[x](#main)",
    "[x](?next=//x.example)",
    "[x][1]\n\n[1]: javascript:alert(1)",
    "[x](https://x.example 'a\" onmouseover=alert(1) b')",
    '[x](https://x.example "&quot; onmouseover=alert(1)")',
    '[x](https://x.example/"onmouseover=alert(1))',
    "[x](https://x.example/<script>)",
    "<javascript:alert(1)>",
    "<data:text/html,x>",
    "![x](javascript:alert(1))",
    "![x](data:image/svg+xml;base64,PHN2Zz48L3N2Zz4=)",
    "![x](data:image/png;base64,iVBORw0KGgo=)",
    "![x](https://x.example/pixel.png)",
    "![x](//x.example/pixel.png)",
    "![x](/bilete/../logg-ut)",
    "![x](/bilete/%2e%2e/logg-ut)",
    "![x](/bilete/1?x=1)",
    "![x](/bilete//x.example)",
    "![x](/logg-ut)",
    '!["onerror=alert(1)](/bilete/1)',
    "![<img src=x onerror=alert(1)>](/bilete/1)",
    "![x](/bilete/1 'title\" onload=alert(1)')",
    "[![x](https://x.example/1.png)](https://y.example)",
    "[a [b](https://x.example) c](https://y.example)",
    "[a <https://x.example> c](https://y.example)",
    "```html onmouseover=alert(1)\n<script>alert(1)</script>\n```",
    '```"><script>alert(1)</script>\nx\n```',
    "```' onfocus=alert(1) autofocus='\nx\n```",
    "~~~ <script>\nx\n~~~",
    "```python\n'</code></pre><script>alert(1)</script>'\n```",
    "    </code></pre><script>alert(1)</script>",
    "`</code><script>alert(1)</script>`",
    "| <script> | b |\n|:--|--:|\n| <img src=x onerror=alert(1)> | [x](javascript:alert(1)) |",
    "# <script>alert(1)</script>\n\n###### x\n\nx\n===\n",
    "# x {#main .button onclick=alert(1)}",
    "<a id=main class=button name=getElementById>x</a>",
    "\x00<script\x00>alert(1)</script>",
    "\ufeff<script>alert(1)</script>",
    "＜script＞alert(1)＜/script＞",
    "<ſcript>alert(1)</ſcript>",
    "\u202e<script>alert(1)</script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&amp;lt;script&amp;gt;",
    "javascript:alert(1) https://x.example/'onmouseover=alert(1) www.x.example\"><script>",
    "mailto:x@y.example?subject=<script>",
    "https://x.example/\u2028onclick=alert(1)",
    "\ud800 <script>alert(1)</script>",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_attacks_come_to_nothing(attack: str) -> None:
    for text in (attack, f"før {attack} etter", f"> - {attack}", f"**{attack}**", f"| a |\n|---|\n| {attack} |"):
        assert list(faults(text)) == []


@pytest.mark.parametrize("attack", ATTACKS)
def test_the_second_wall_holds_alone(attack: str) -> None:
    links = re.findall(r"\]\(<?([^\s>)]+)", attack)
    html = attack + "".join(f'<a href="{link}">x</a><img src="{link}">' for link in links)
    cleaned = markdown._CLEANER.clean(html.encode("utf-8", "replace").decode())
    assert list(faults_of(list(BeautifulSoup(f" {cleaned}", "html.parser").find_all(True)))) == []


HUGE = {
    "quotes": ">" * 9_000 + " x",
    "lists": "".join(" " * depth * 2 + "- x\n" for depth in range(90)),
    "quoted lists": "> - " * 2_400 + "x",
    "brackets": "[" * 9_900,
    "images": "![" * 4_900,
    "links": "[a](" * 2_400,
    "closed links": "[" * 3_000 + "a" + "](/x)" * 1_300,
    "emphasis in emphasis": "*a **b " * 700 + "c** d* " * 700,
    "strikes in strikes": "~~a *b " * 700 + "c* d~~ " * 700,
    "stars": "*a **b " * 1_400,
    "underscores": "_" * 9_900,
    "ticks": "".join("`" * length + " " for length in range(1, 130)),
    "entities": "&" * 9_900,
    "angles": "<" * 9_900,
    "comments": "<!--" * 2_400,
    "addresses": "https://" * 1_200,
    "mails": "a@" * 4_900,
    "dots": "a." * 4_900,
    "references": "".join(f"[{number}]: /x\n" for number in range(900)),
    "columns": "|" * 4_900 + "\n" + "|-" * 2_400,
    "table": "a|" * 90 + "\n" + "-|" * 90 + "\n" + "x\n" * 9_000,
    "backslashes": "\\" * 9_900,
    "strikes": "~~a" * 3_300,
    "code": "```python\n" + "'''" * 3_200,
    "code of nothing but brackets": "```json\n" + "[" * 9_900,
    "shell": "```bash\n" + "$(" * 4_900,
    "markup": "```html\n" + "<a " * 3_200,
}


@pytest.mark.parametrize("text", HUGE.values(), ids=HUGE.keys())
def test_huge_nesting_comes_to_an_end(text: str) -> None:
    text = text[: markdown.LIMIT]
    assert list(faults(text)) == []
    assert max((len(list(element.parents)) for element in elements(text)), default=0) < 60
    assert markdown.plain(text) is not None


def test_a_table_that_would_fill_up_with_empty_cells_is_shown_as_it_is_written() -> None:
    assert "<table" not in markdown.to_html("> " + HUGE["table"][:9_000].replace("\n", "\n> "))
    assert markdown.to_html("a|b\n-|-\n" + "1|2\n" * 2_000).count("<td>") == 4_000


def test_a_text_over_the_limit_is_shown_whole_without_markdown() -> None:
    text = "# Tittel <b>\n\n" + "**ord** " * 2_000
    html = markdown.to_html(text)
    assert html.startswith("<p># Tittel &lt;b&gt;</p>")
    assert html.count("**ord**") == 2_000
    assert "<h3>" in markdown.to_html(text, limit=20_000)
    assert list(faults(text)) == []


PIECES = [
    *("<", ">", '"', "'", "&", "&#", "[", "](", ")", "![", "`", "```", "~~~", "\n", "\n\n", "    ", "# ", "- ", "> "),
    *("|", "|-|\n", "*", "**", "~~", "<script>", "</", "onclick=", "javascript:", "https://x.example", "/bilete/"),
    *("data:", "style=", "python", "html", "\\", ":", "//", "\x00", "\u2028", "a", "1. ", "[a]: ", "<!--", "@x.no"),
]
LIVELY = st.lists(st.sampled_from(PIECES) | st.text(max_size=4), max_size=40).map("".join)


@given(st.text(max_size=400) | LIVELY)
@hypothesis_settings(max_examples=120, deadline=None)
@example("[a](https://x.example/&quot;onclick=)")
def test_any_text_gives_only_what_is_allowed(text: str) -> None:
    assert list(faults(text)) == []


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


@pytest.mark.parametrize("token", ["-UVENH8SaDw9zXUCdNUt4Q", "_UVENH8SaDw9zXUCdNUt4Q", "UVENH8SaDw9zXUCdNUt4-_"])
def test_a_picture_is_shown_whatever_its_token_begins_with(token: str) -> None:
    assert f'src="/bilete/{token}"' in markdown.to_html(f"![skjermbilete](/bilete/{token})")


def test_plain_keeps_the_words_of_tags_that_somebody_writes_about() -> None:
    assert markdown.plain("Bruk `<add key='x'>` i **web.config**") == "Bruk <add key='x'> i web.config"
    assert escape(markdown.plain("<b>x</b>")) == "&lt;b&gt;x&lt;/b&gt;"


def test_plain_puts_blocks_on_lines_of_their_own() -> None:
    assert markdown.plain("# Tittel\n\nEin **to**\n\n- tre\n- fire\n\n| a | b |\n|---|---|\n| c | d |") == (
        "Tittel\nEin to\ntre\nfire\na\nb\nc\nd"
    )


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
