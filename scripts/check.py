"""The checks, as one readable list. `make check` runs the inner loop, `make test` everything."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent
LAST_FAILED = ROOT / ".pytest_cache/v/cache/lastfailed"
TESTS_FAILED = 1  # pytest's exit code; any other than 0 says that the run itself went wrong
FEW = 3  # failures; more than these are no matter of an unlucky moment

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
    if is_suite:
        LAST_FAILED.unlink(missing_ok=True)  # of runs before this one
    done = subprocess.run(
        [BIN / command[0], *command[1:]], cwd=ROOT, capture_output=not is_suite, text=True, check=False
    )
    is_right = done.returncode == 0 or (done.returncode == TESTS_FAILED and is_suite and are_right_alone(command))
    print(f"{'ok  ' if is_right else 'FAIL'} {name} ({time.monotonic() - began:.1f} s)", flush=True)
    if done.returncode and not is_suite:
        print(done.stdout[-8000:], done.stderr[-4000:], sep="\n", flush=True)
    return is_right


def are_right_alone(suite: list[str]) -> bool:
    """Run the few tests that failed once more, one at a time; name those that failed in the crowd only.

    With real browsers, servers and clocks on a busy machine a test may fail by its moment; what fails twice is wrong.
    """
    failed = sorted(json.loads(LAST_FAILED.read_text())) if LAST_FAILED.exists() else []
    if not 0 < len(failed) <= FEW:
        return False
    print("\nFailed, and run once more, alone:", *failed, sep="\n  ", flush=True)
    database = [option for option in suite if option.startswith("--database")]
    again = ["--last-failed", "--last-failed-no-failures=none", *database]
    is_right = subprocess.run([BIN / "pytest", *again], cwd=ROOT, check=False).returncode == 0
    if is_right:
        print("UNSTEADY, to be mended: failed among the others, passed alone:", *failed, sep="\n  ", flush=True)
    return is_right


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
