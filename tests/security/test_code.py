"""Rules that the code itself can be asked about: what must not occur in it at all."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = sorted(path for path in (ROOT / "portal").rglob("*.py") if "node_modules" not in path.parts)


def calls() -> Iterator[tuple[str, str, ast.Call]]:
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                yield str(path.relative_to(ROOT)), ast.unparse(node.func), node


def imports() -> Iterator[tuple[str, str]]:
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                yield from ((str(path.relative_to(ROOT)), alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                yield str(path.relative_to(ROOT)), node.module


@pytest.mark.parametrize(
    "name", ["eval", "exec", "compile", "__import__", "os.system", "os.popen", "render_template_string"]
)
def test_nothing_is_run_that_was_written_elsewhere(name: str) -> None:
    assert [path for path, called, _ in calls() if called == name] == []


def test_no_shell_is_asked() -> None:
    shells = [path for path, _, node in calls() if any(word.arg == "shell" for word in node.keywords)]
    assert shells == []


@pytest.mark.parametrize(
    "name", ["pickle", "marshal", "shelve", "yaml", "dill", "ldap3", "pymemcache", "pylibmc", "xml.sax"]
)
def test_nothing_is_read_that_can_run_while_it_is_read(name: str) -> None:
    assert [path for path, module in imports() if module == name or module.startswith(name + ".")] == []


def test_sql_is_never_put_together_from_values() -> None:
    """text() takes constants only; the one place with an f-string says PRAGMA and the names of our own tables."""
    built = [
        (path, ast.unparse(node.args[0]))
        for path, called, node in calls()
        if called in {"text", "sa.text", "exec_driver_sql", "connection.exec_driver_sql"} and node.args
        if isinstance(node.args[0], ast.JoinedStr | ast.BinOp)
    ]
    # Migrations and backends may name their own tables and settings; a value from outside is always a parameter.
    assert [(path, sql) for path, sql in built if re.search(r"request|form|args|\btext\b|title|body|name\}", sql)] == []


def test_secrets_come_from_the_system_and_not_from_dice() -> None:
    users = {path for path, module in imports() if module == "random"}
    # How long to wait before trying again, and when a stream ends: not by all in the same second.
    dice = {
        "portal/core/jobs.py",
        "portal/core/relay.py",
        "portal/blueprints/rooms/rules.py",
        "portal/web/stream/hub.py",
    }
    # The pulse's rules are handed their dice, so that a table of cases can hold them still; the house hands it these.
    dice.add("portal/blueprints/pulse/rules/guard.py")
    assert "secrets.SystemRandom()" in (ROOT / "portal/blueprints/pulse/service.py").read_text()
    demo = {path for path in users if path.startswith("portal/demo/")}
    assert users - dice - demo == set()
    assert [path for path, called, _ in calls() if called in {"uuid.uuid1", "uuid1"}] == []


@pytest.mark.parametrize("name", ["md5", "sha1", "DES", "ARC4", "ECB", "Blowfish"])
def test_no_worn_out_algorithm_is_named(name: str) -> None:
    pattern = re.compile(rf"\b{name}\b")
    assert [str(path) for path in FILES if pattern.search(path.read_text())] == []


def test_certificates_are_always_checked() -> None:
    for path in FILES:
        text = path.read_text()
        assert not re.search(r"verify\s*=\s*False|CERT_NONE|NoVerifyHTTPAdapter|check_hostname\s*=\s*False", text), path


def test_only_what_escapes_makes_markup() -> None:
    makers = {path for path, called, _ in calls() if called in {"Markup", "markupsafe.Markup"}}
    allowed = {"portal/core/markdown.py", "portal/core/patient_data.py", "portal/web/templating.py"}
    assert makers <= allowed | {
        path for path in makers if path.startswith(("portal/blueprints/search/", "portal/demo/"))
    }
    for path, called, node in calls():
        if called == "Markup" and node.args and isinstance(node.args[0], ast.JoinedStr):
            raise AssertionError(f"{path}: Markup of an f-string")


def test_values_of_query_and_body_are_never_mixed() -> None:
    assert [str(path) for path in FILES if "request.values" in path.read_text()] == []


def test_scripts_write_text_and_not_html() -> None:
    for path in (ROOT / "portal" / "assets" / "src").rglob("*.js"):
        code = path.read_text()
        for word in (
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "document.write",
            "eval(",
            "new Function",
            "addEventListener('message'",
            'addEventListener("message"',
        ):
            assert word not in code, f"{path.name}: {word}"


def test_no_personal_text_is_kept_in_the_browser() -> None:
    for path in (ROOT / "portal" / "assets" / "src").rglob("*.js"):
        for line in path.read_text().splitlines():
            assert "localStorage" not in line or "theme" in line or "//" in line, f"{path.name}: {line.strip()}"


SECRETS = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY|AKIA[0-9A-Z]{16}|ghp_[A-Za-z0-9]{30}|xox[bp]-[0-9]{8}|\beyJ[\w-]{30,}\.eyJ"
)


def test_no_secret_lies_in_the_repository() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode()
    found = []
    for name in filter(None, listed.split("\0")):
        path = ROOT / name
        if path.is_file() and path.stat().st_size < 2_000_000:
            if SECRETS.search(path.read_bytes().decode(errors="ignore")) and not name.startswith("tests/"):
                found.append(name)
            assert path.suffix not in {".pem", ".key", ".p12", ".sqlite"} and path.name != ".env", name  # noqa: PT018
    assert found == []


def test_the_portal_starts_without_accounts(session: object) -> None:
    from sqlalchemy import func, select

    from portal.blueprints.people.models import Person
    from portal.core.db import db

    assert db.session.scalar(select(func.count()).select_from(Person)) == 0
