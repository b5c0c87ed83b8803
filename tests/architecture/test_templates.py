"""Templates: what is imported is used, what is there is shown, and nothing switches the escaping off."""

from __future__ import annotations

import re
from pathlib import Path

from flask import Flask
from jinja2 import nodes

TEMPLATES = Path(__file__).parents[2] / "portal" / "templates"
PORTAL = TEMPLATES.parent


def names() -> list[str]:
    return sorted(str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html"))


def test_every_import_is_used(app: Flask) -> None:
    unused = []
    for name in names():
        source = (TEMPLATES / name).read_text(encoding="utf-8")
        for node in app.jinja_env.parse(source).find_all(nodes.FromImport):
            for each in node.names:
                local = each[1] if isinstance(each, tuple) else each
                without_imports = re.sub(r"\{%-?\s*from .*?%\}", "", source)
                if not re.search(rf"\b{local}\b", without_imports):
                    unused.append(f"{name}: {local}")
    assert unused == []


def test_no_template_is_an_orphan() -> None:
    mentioned = ""
    for path in [*PORTAL.rglob("*.py"), *TEMPLATES.rglob("*")]:
        if path.suffix in {".py", ".html", ".txt"}:
            mentioned += path.read_text(encoding="utf-8")
    orphans = [name for name in names() if name not in mentioned]
    assert orphans == []


def test_escaping_is_never_switched_off() -> None:
    forbidden = re.compile(r"\|\s*safe\b|autoescape\s+false|style\s*=\s*[\"']")
    found = [name for name in names() if forbidden.search((TEMPLATES / name).read_text(encoding="utf-8"))]
    assert found == []


def test_htmx_attributes_are_written_by_hx_alone() -> None:
    bare = re.compile(r"[\s\"']hx-(get|post|put|delete|target|swap|trigger|sync|include|vals|boost)\s*=")
    found = [name for name in names() if bare.search((TEMPLATES / name).read_text(encoding="utf-8"))]
    assert found == []
