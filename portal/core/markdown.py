"""Turn what people write into safe HTML, plain text and excerpts.

Two walls: raw HTML is never read as HTML, and whatever comes out is cleaned against a list of what is allowed.

What else becomes a link than what is written as one – numbers, names – is known by finders that the slices register.
A finder is asked about runs of plain text only, never about code or about what is a link already, and it changes
addresses and titles, never a letter of the text.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Iterator, MutableMapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import nh3
from linkify_it import LinkifyIt
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.utils import OptionsDict
from markupsafe import Markup, escape
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.token import STANDARD_TYPES

from portal.core import text as signs

LIMIT = 10_000  # characters; a longer text is shown as it is written, in time that grows with its length only
NESTING = 20
CELL_LIMIT = 5_000  # short rows under a wide head are filled up: 10 000 characters could become 65 000 cells
CODE_LIMIT = 5_000  # longer code is shown without colours: some lexers take far more time than the text is long

# What the desk writes, by what is written after the fence; the names are those of Pygments. Few, so that no exotic
# lexer meets hostile text.
LANGUAGES = {
    "bash": "Bash",
    "bat": "Batch",
    "batch": "Batch",
    "cmd": "Batch",
    "c#": "C#",
    "cs": "C#",
    "csharp": "C#",
    "css": "CSS",
    "diff": "Diff",
    "html": "HTML",
    "http": "HTTP",
    "ini": "INI",
    "java": "Java",
    "javascript": "JavaScript",
    "js": "JavaScript",
    "json": "JSON",
    "powershell": "PowerShell",
    "ps1": "PowerShell",
    "py": "Python",
    "python": "Python",
    "reg": "Registry",
    "registry": "Registry",
    "sh": "Bash",
    "shell": "Bash",
    "sql": "SQL",
    "toml": "TOML",
    "xml": "XML",
    "yaml": "YAML",
    "yml": "YAML",
}

_LINK = re.compile(r"https?://[^/\\]|mailto:[^/\\]|/(?![/\\])", re.IGNORECASE)
_FOUND_LINK = re.compile(r"(?:https://[^/\\]|/(?![/\\]))[!-~]*")
_OWN_PICTURE = re.compile(r"/bilete/[\w\-][\w.\-]{0,99}(?:/[\w\-][\w.\-]{0,99})?", re.ASCII)
_TABLE_RULE = re.compile(r"[\s>|:\-*+\d.)]*")
_EXTERNAL_REL = "nofollow noopener noreferrer"
# Only these make «vg.no» a link: with every country, «setup.sh», «main.py» and «notes.md» would be places.
_DOMAINS = ["no", "com", "org", "net", "eu"]


def _keep_attribute(tag: str, name: str, value: str) -> str | None:
    """Hold addresses to the same rules once more, whatever wrote them."""
    if (tag, name) == ("a", "href"):
        return value if _LINK.match(value) else None
    if (tag, name) == ("img", "src"):
        return value if _OWN_PICTURE.fullmatch(value) else None
    return value


_CLEANER = nh3.Cleaner(
    tags={"p", "br", "hr", "strong", "em", "s", "blockquote", "ul", "ol", "li", "h3", "h4", "h5", "h6", "a", "img"}
    | {"table", "thead", "tbody", "tr", "th", "td", "div", "pre", "code", "span"},
    clean_content_tags={"script", "style"},
    attributes={
        "a": {"href", "title"},
        "img": {"src", "alt"},
        "ol": {"start"},
        "div": {"data-language"},
        "pre": {"aria-label"},
    },
    tag_attribute_values={
        "a": {"rel": {_EXTERNAL_REL}},
        "img": {"loading": {"lazy"}, "decoding": {"async"}},
        "div": {"tabindex": {"0"}},
        "pre": {"tabindex": {"0"}, "role": {"region"}},
    },
    allowed_classes={
        "div": {"code", "table"},
        "th": {"is-center", "is-right"},
        "td": {"is-center", "is-right"},
        "span": {name for name in STANDARD_TYPES.values() if name},
    },
    attribute_filter=_keep_attribute,
    url_schemes={"http", "https", "mailto"},
    link_rel=None,
)


@dataclass(frozen=True, kw_only=True)
class Link:
    """A place in a run of plain text that leads somewhere: an address with https, or a path of our own."""

    start: int
    end: int
    href: str
    title: str = ""


Finder = Callable[[str], Iterable[Link]]
_finders: list[Callable[[], Finder]] = []


def register_links(current: Callable[[], Finder]) -> None:
    """Let a slice find links. It is asked at each text for the finder that holds now: the same one means no change.

    Pages are kept by text and finder, so a finder must find the same in the same text for as long as it lives.
    """
    _finders.append(current)


def to_html(text: str, *, code_label: str = "Code", limit: int = LIMIT) -> Markup:
    """Give safe HTML. The label is what a screen reader calls a piece of code, in the reader's language."""
    return _to_html(text, code_label, limit, tuple(current() for current in _finders))


def runs(text: str, *, limit: int = LIMIT) -> Iterator[str]:
    """Give the pieces of plain text in which links are looked for: no code, and nothing that is a link already."""
    text = signs.block(text)
    if not _is_too_much(text, limit):
        for token in _parser().parse(text):
            yield from (child.content for child in _outside_links(token.children or ()) if child.type == "text")


def plain(text: str, *, limit: int = LIMIT) -> str:
    """Give the words alone, a block on each line, for the search index and for mail."""
    text = signs.block(text)
    if _is_too_much(text, limit):
        return text
    return "\n".join(filter(None, (line.strip() for line in _lines(_parser().parse(text)))))


def excerpt(text: str, length: int) -> str:
    """Give the beginning on one line, cut at a word."""
    line = " ".join(plain(text).split())
    if len(line) <= length:
        return line
    head, _, _ = line[:length].rpartition(" ")
    return (head.rstrip(" ,;:–-") or line[: length - 1]) + "…"


@lru_cache(maxsize=256)
def _to_html(text: str, code_label: str, limit: int, finders: tuple[Finder, ...]) -> Markup:
    text = signs.block(text)
    if _is_too_much(text, limit):
        return _as_written(text)
    html: str = _parser().render(text, {"code_label": code_label, "finders": finders})
    return Markup(_CLEANER.clean(html))  # noqa: S704 – cleaned


def _is_too_much(text: str, limit: int) -> bool:
    return len(text) > limit or _cells(text) > CELL_LIMIT


def _cells(text: str) -> int:
    cells = columns = 0
    for line in text.splitlines():
        if "-" in line and _TABLE_RULE.fullmatch(line):
            columns = line.count("|") + 1
        elif not line.strip("> \t"):
            columns = 0
        cells += columns
    return cells


def _as_written(text: str) -> Markup:
    paragraphs = (part.strip("\r\n") for part in re.split(r"\r?\n[ \t]*\r?\n", text))
    return Markup().join(Markup("<p>{}</p>\n").format(part) for part in paragraphs if part)


def _lines(tokens: Iterable[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type == "inline":
            yield "".join(_words(child) for child in token.children or ())
        elif token.type in {"fence", "code_block"}:
            yield token.content


def _words(token: Token) -> str:
    if token.type in {"softbreak", "hardbreak"}:
        return "\n"
    return "".join(map(_words, token.children)) if token.children else token.content


class _Parser(MarkdownIt):
    """Read CommonMark with tables, strikes and bare links."""

    def __init__(self) -> None:
        options = {"html": False, "linkify": True, "breaks": True, "maxNesting": NESTING}
        super().__init__("commonmark", options)
        self.enable(["table", "strikethrough", "linkify"])
        self.linkify = LinkifyIt()
        self.linkify.tlds(_DOMAINS)
        self.core.ruler.push("furnish", _furnish)
        self.add_render_rule("fence", _render_code)
        self.add_render_rule("code_block", _render_code)
        self.add_render_rule("table_open", lambda *_: '<div class="table" tabindex="0"><table>\n')
        self.add_render_rule("table_close", lambda *_: "</table></div>\n")

    def validateLink(self, url: str) -> bool:  # noqa: N802
        return _LINK.match(url) is not None


# One parser for each thread: the finder of bare links remembers its text between two calls.
_local = threading.local()


def _parser() -> _Parser:
    if not hasattr(_local, "parser"):
        _local.parser = _Parser()
    parser: _Parser = _local.parser
    return parser


def _furnish(state: StateCore) -> None:
    """Fit what was read into the page: its headings, its classes, its pictures."""
    for token in state.tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(int(token.tag[1:]) + 2, 6)}"
        elif token.type in {"th_open", "td_open"}:
            _align_by_class(token)
        elif token.type == "inline" and token.children:
            token.children = list(_furnished(token.children))
            if state.env.get("finders"):
                token.children = list(_linked(token.children, state.env["finders"]))


def _align_by_class(token: Token) -> None:
    alignment = str(token.attrs.pop("style", "")).removeprefix("text-align:")
    if alignment in {"center", "right"}:
        token.attrs["class"] = f"is-{alignment}"


def _furnished(tokens: Sequence[Token]) -> Iterator[Token]:
    """Drop emphasis nested beyond all sense, which the parser itself does not count, and place links and pictures."""
    depth = 0
    is_in_link = False
    for token in tokens:
        depth += max(token.nesting, 0)
        is_kept = depth <= NESTING or token.nesting == 0
        depth += min(token.nesting, 0)
        if token.tag == "a":
            is_in_link = token.nesting == 1
            is_kept = True
        if token.type == "image":
            yield from _picture(token, is_in_link=is_in_link)
        elif is_kept:
            yield _link(token) if token.type == "link_open" else token


def _link(token: Token) -> Token:
    href = str(token.attrs["href"])
    token.attrs = {"href": href}
    if href.lower().startswith("http"):
        token.attrs["rel"] = _EXTERNAL_REL
    return token


def _picture(token: Token, *, is_in_link: bool) -> Iterator[Token]:
    """Show our own pictures only: a foreign one would tell its owner who reads; it becomes a link."""
    source = str(token.attrs.get("src", ""))
    if _OWN_PICTURE.fullmatch(source):
        token.attrs = {"src": source, "alt": "", "loading": "lazy", "decoding": "async"}
        yield token
        return
    words = Token("text", "", 0, content=_words(token).strip() or source)
    if is_in_link or not source:
        yield words
        return
    yield _link(Token("link_open", "a", 1, attrs={"href": source}))
    yield words
    yield Token("link_close", "a", -1)


def _outside_links(tokens: Iterable[Token]) -> Iterator[Token]:
    is_in_link = False
    for token in tokens:
        if token.tag == "a":
            is_in_link = token.nesting == 1
        elif not is_in_link:
            yield token


def _linked(tokens: Sequence[Token], finders: Sequence[Finder]) -> Iterator[Token]:
    """Make links of what the finders find; of two that want the same words, the first gets them."""
    open_texts = {id(token) for token in _outside_links(tokens) if token.type == "text"}
    for token in tokens:
        if id(token) in open_texts:
            yield from _with_links(token.content, _placed(token.content, finders))
        else:
            yield token


def _placed(text: str, finders: Sequence[Finder]) -> list[Link]:
    taken = bytearray(len(text))
    placed = []
    for link in (link for finder in finders for link in finder(text)):
        is_free = 0 <= link.start < link.end <= len(text) and taken.find(1, link.start, link.end) < 0
        if is_free and _FOUND_LINK.fullmatch(link.href):
            taken[link.start : link.end] = b"\1" * (link.end - link.start)
            placed.append(link)
    return sorted(placed, key=lambda link: link.start)


def _with_links(text: str, links: Iterable[Link]) -> Iterator[Token]:
    done = 0
    for link in links:
        yield Token("text", "", 0, content=text[done : link.start])
        opening = _link(Token("link_open", "a", 1, attrs={"href": link.href}))
        if link.title:
            opening.attrs["title"] = link.title
        yield opening
        yield Token("text", "", 0, content=text[link.start : link.end])
        yield Token("link_close", "a", -1)
        done = link.end
    yield Token("text", "", 0, content=text[done:])


def _render_code(
    _renderer: RendererHTML,
    tokens: Sequence[Token],
    index: int,
    _options: OptionsDict,
    env: MutableMapping[str, Any],
) -> str:
    token = tokens[index]
    alias = token.info.split(maxsplit=1)[0].lower() if token.info.strip() else ""
    language = LANGUAGES.get(alias)
    label = f"{env['code_label']}: {language}" if language else env["code_label"]
    named = Markup(' data-language="{}"').format(language) if language else ""
    opening = Markup('<div class="code"{}><pre tabindex="0" role="region" aria-label="{}"><code>').format(named, label)
    return f"{opening}{_coloured(token.content, alias)}</code></pre></div>\n"


def _coloured(code: str, alias: str) -> str:
    if alias not in LANGUAGES or len(code) > CODE_LIMIT:
        return escape(code)
    lexer = get_lexer_by_name(LANGUAGES[alias], stripnl=False)
    return highlight(code, lexer, HtmlFormatter(nowrap=True))
