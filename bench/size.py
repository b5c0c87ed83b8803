"""Lines of code and of tests."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parent.parent
KINDS = {
    "Python": ("portal/**/*.py", "wsgi.py", "migrations/**/*.py"),
    "templates": ("portal/templates/**/*.html", "portal/templates/**/*.txt"),
    "CSS and JavaScript": ("portal/assets/src/**/*.css", "portal/assets/src/**/*.js", "portal/assets/*.mjs"),
    "catalogues": ("portal/translations/**/*.po",),
    "tests": ("tests/**/*.py",),
    "bench and scripts": ("bench/**/*.py", "scripts/*"),
}


def main() -> None:
    """Count lines that hold something."""
    for name, patterns in KINDS.items():
        files = [
            path
            for pattern in patterns
            for path in ROOT.glob(pattern)
            if path.is_file() and "node_modules" not in path.parts
        ]
        lines = sum(1 for path in files for line in path.read_text(encoding="utf-8").splitlines() if line.strip())
        print(f"{name:20} {len(files):5} files {lines:7} lines")
