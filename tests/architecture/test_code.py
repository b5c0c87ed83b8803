"""What the import contracts cannot say: one commit, sizes, names, roles of files."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parents[2]
PORTAL = ROOT / "portal"
LONGEST_FILE, LONGEST_FUNCTION, LONGEST_PAGE, LONGEST_FRAGMENT = 400, 40, 120, 60
FORBIDDEN_WORDS = {"utils", "helpers", "helper", "common", "misc", "manager", "handler", "process", "data", "info"}
PRIVATE_ROOMS = {
    "rules",
    "forms",
    "schemas",
    "notices",
    "jobs",
    "adapters",
    "channels",
    "signin",
    "ical",
    "backends",
    "ports",
    "views",
    "admin",
    "cli",
}

# Names that other packages demand of us, and the field's own term.
NAMES_EXCUSED = re.compile(r"process_bind_param|process_result_value|patient_?data|metadata", re.IGNORECASE)


def sources() -> Iterator[Path]:
    yield from sorted(path for path in PORTAL.rglob("*.py") if "node_modules" not in path.parts)


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def test_one_place_commits() -> None:
    calls = re.compile(r"\.commit\(")
    found = [path for path in sources() if calls.search(path.read_text(encoding="utf-8"))]
    # Migrations run on a connection of their own, outside any session.
    assert {str(path.relative_to(PORTAL)) for path in found} <= {"core/db.py", "cli/database.py"}


def test_transactions_are_opened_by_the_web_the_worker_and_the_command_line_only() -> None:
    allowed = re.compile(
        r"core/(db|jobs)\.py|web/transactions\.py|worker\.py|serve\.py|cli/|demo/|blueprints/\w+/cli\.py"
        # To its callers the embedded calendar is an outside system: it has its own transaction, as Exchange has.
        r"|blueprints/rooms/adapters/embedded\.py"
    )
    opened = re.compile(r"(?<!def )\btransaction\(\)")
    found = [str(path.relative_to(PORTAL)) for path in sources() if opened.search(path.read_text(encoding="utf-8"))]
    assert [name for name in found if not allowed.match(name)] == []


def test_files_are_rooms_one_can_overlook() -> None:
    long = {
        str(p.relative_to(ROOT)): n
        for p in sources()
        if (n := len(p.read_text(encoding="utf-8").splitlines())) > LONGEST_FILE
    }
    assert long == {}


def test_functions_are_short() -> None:
    long = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name} ({node.end_lineno - node.lineno + 1})"
        for path in sources()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno
        and node.end_lineno - node.lineno + 1 > LONGEST_FUNCTION
    ]
    assert long == []


def test_templates_are_short() -> None:
    long = {}
    for path in (PORTAL / "templates").rglob("*.html"):
        limit = LONGEST_FRAGMENT if path.name.startswith("_") else LONGEST_PAGE
        if path.parent.name == "stil":
            continue  # the style page shows every component; length is its nature
        lines = len(path.read_text(encoding="utf-8").splitlines())
        if lines > limit:
            long[str(path.relative_to(ROOT))] = lines
    assert long == {}


def test_names_say_what_things_are() -> None:
    bad = []
    for path in sources():
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
                words = {word.lower() for word in re.findall(r"[A-Z]?[a-z0-9]+", node.name)}
                if words & FORBIDDEN_WORDS and not NAMES_EXCUSED.search(node.name):
                    bad.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name}")
    assert bad == []


def test_everything_public_has_a_docstring() -> None:
    silent = [
        f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 1)} {getattr(node, 'name', 'module')}"
        for path in sources()
        for node in [tree(path), *tree(path).body]
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef)
        and not getattr(node, "name", "module").startswith("_")
        and not ast.get_docstring(node)
    ]
    assert silent == []


def test_no_assertion_guards_the_running_portal() -> None:
    found = [
        str(p.relative_to(ROOT)) for p in sources() if any(isinstance(node, ast.Assert) for node in ast.walk(tree(p)))
    ]
    assert found == []


def test_a_slices_own_rooms_are_entered_by_nobody_else() -> None:
    graph = grimp.build_graph("portal")
    trespasses = []
    for module in graph.modules:
        parts = module.split(".")
        if len(parts) < 4 or parts[1] != "blueprints" or parts[3] not in PRIVATE_ROOMS:
            continue
        for importer in graph.find_modules_that_directly_import(module):
            others = importer.split(".")
            if others[1] == "blueprints" and others[2] != parts[2]:
                trespasses.append(f"{importer} -> {module}")
    assert trespasses == []


@pytest.mark.parametrize("word", ["TODO", "FIXME", "XXX"])
def test_nothing_is_left_for_later_without_saying_where(word: str) -> None:
    pattern = re.compile(rf"\b{word}\b(?! #\d+)")
    found = [str(path.relative_to(ROOT)) for path in sources() if pattern.search(path.read_text(encoding="utf-8"))]
    assert found == []
