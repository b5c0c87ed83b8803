"""The checks, as one readable list. `make check` runs the inner loop, `make test` everything."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent

QUICK = {
    "format": ["ruff", "format", "--check", "."],
    "lint": ["ruff", "check", "."],
    "types": ["mypy"],
    "contracts": ["lint-imports", "--no-logo"],
    "templates": ["djlint", "portal/templates", "--lint", "--quiet"],
    "catalogues": ["python", "scripts/catalogues.py", "check"],
    "unit tests": [
        "pytest",
        "-n",
        "2",
        "-m",
        "not slow and not browser",
        "tests/architecture",
        "tests/core",
        "tests/web",
    ],
}
WHOLE = {
    "suite on SQLite": ["pytest", "-n", "2", "--dist", "loadscope"],
    "suite on PostgreSQL": ["pytest", "-n", "2", "--dist", "loadscope", "--database=postgres"],
}


def run(name: str, command: list[str]) -> bool:
    """Run one check; its words are shown when it fails, and the tests' always."""
    began = time.monotonic()
    is_suite = command[0] == "pytest"
    done = subprocess.run(
        [BIN / command[0], *command[1:]], cwd=ROOT, capture_output=not is_suite, text=True, check=False
    )
    print(f"{'ok  ' if done.returncode == 0 else 'FAIL'} {name} ({time.monotonic() - began:.1f} s)", flush=True)
    if done.returncode and not is_suite:
        print(done.stdout[-8000:], done.stderr[-4000:], sep="\n", flush=True)
    return done.returncode == 0


def main() -> None:
    """Run the list to its end, so that one round shows everything that is wrong."""
    everything = "--all" in sys.argv
    checks = {**QUICK, **WHOLE} if everything else QUICK
    if everything:
        checks.pop("unit tests")  # the suites hold them
    failed = [name for name, command in checks.items() if not run(name, command)]
    if failed:
        sys.exit(f"Not right yet: {', '.join(failed)}")


if __name__ == "__main__":
    main()
