"""What may come out of Markdown: written by hand and apart from the defence."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bs4 import BeautifulSoup, Tag
from hypothesis import strategies as st
from markupsafe import Markup

from portal.core import markdown

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

PIECES = [
    *("<", ">", '"', "'", "&", "&#", "[", "](", ")", "![", "`", "```", "~~~", "\n", "\n\n", "    ", "# ", "- ", "> "),
    *("|", "|-|\n", "*", "**", "~~", "<script>", "</", "onclick=", "javascript:", "https://x.example", "/bilete/"),
    *("data:", "style=", "python", "html", "\\", ":", "//", "\x00", "\u2028", "a", "1. ", "[a]: ", "<!--", "@x.no"),
]
LIVELY = st.lists(st.sampled_from(PIECES) | st.text(max_size=4), max_size=40).map("".join)


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
