"""The blueprint that the administrators' pages of the board hang on."""

from __future__ import annotations

from flask import Blueprint

bp_admin = Blueprint("questions_admin", __name__, url_prefix="/styring")
