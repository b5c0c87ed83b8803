"""What anybody may write comes out as words and allowed elements, whatever it was meant to be."""

from __future__ import annotations

import re

import pytest
from bs4 import BeautifulSoup
from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from portal.core import markdown
from tests.core.markup import LIVELY, elements, faults, faults_of

pytestmark = pytest.mark.usefixtures("without_slices")


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


@given(st.text(max_size=400) | LIVELY)
@hypothesis_settings(max_examples=120, deadline=None)
@example("[a](https://x.example/&quot;onclick=)")
def test_any_text_gives_only_what_is_allowed(text: str) -> None:
    assert list(faults(text)) == []


@pytest.mark.parametrize("token", ["-UVENH8SaDw9zXUCdNUt4Q", "_UVENH8SaDw9zXUCdNUt4Q", "UVENH8SaDw9zXUCdNUt4-_"])
def test_a_picture_is_shown_whatever_its_token_begins_with(token: str) -> None:
    assert f'src="/bilete/{token}"' in markdown.to_html(f"![skjermbilete](/bilete/{token})")
