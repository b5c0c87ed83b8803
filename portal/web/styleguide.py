"""The page /stil: every component in all its states (demo and tests only)."""

from __future__ import annotations

from flask import Flask


def install(app: Flask) -> None:
    """Register the page."""
