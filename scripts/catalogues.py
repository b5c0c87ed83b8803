"""The catalogues: `update` brings nn and nb in step with the code, `check` says what is missing, unused or broken."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "portal" / "translations"
LOCALES = ("nn", "nb")
KEYWORDS = {"_": None, "N_": None, "ngettext": (1, 2), "plural": (1, 2)}
SOURCES = [
    ("assets/**", "ignore"),
    ("templates/stil/**", "ignore"),
    ("**.py", "python"),
    ("templates/**.html", "jinja2"),
    ("templates/**.txt", "jinja2"),
]
PLACEHOLDER = re.compile(r"%\((\w+)\)s")


def extracted() -> Catalog:
    """Collect every message id of the code and the templates."""
    catalogue = Catalog(project="Tunet", charset="utf-8")
    options = {"templates/**.html": {"trimmed": "false", "silent": "false"}, "templates/**.txt": {"silent": "false"}}
    found = extract_from_dir(str(ROOT / "portal"), method_map=SOURCES, options_map=options, keywords=KEYWORDS)
    for file, _line, message, comments, context in found:
        catalogue.add(message, None, [(f"portal/{file}", 0)], auto_comments=comments, context=context)
    for message in wtforms_messages():
        catalogue.add(message, None, [("wtforms", 0)])
    return catalogue


def wtforms_messages() -> tuple[str | tuple[str, str], ...]:
    """Name what WTForms itself says to people in forms of ours."""
    return (
        "This field is required.",
        ("Field cannot be longer than %(max)d character.", "Field cannot be longer than %(max)d characters."),
        "Number must be between %(min)s and %(max)s.",
        "Not a valid integer value.",
        "Not a valid choice.",
        "Invalid Choice: could not coerce.",
        "Not a valid date value.",
        "Not a valid time value.",
        "Invalid value, must be one of: %(values)s.",
        "'%(value)s' is not a valid choice for this field.",
        "'%(value)s' are not valid choices for this field.",
    )


def read(locale: str) -> Catalog:
    """Read a catalogue as it is stored."""
    path = FOLDER / locale / "messages.po"
    if not path.exists():
        return Catalog(locale=locale, project="Tunet", charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=locale)


def update() -> None:
    """Bring the stored catalogues in step with the code."""
    template = extracted()
    for locale in LOCALES:
        stored = read(locale)
        stored.update(template, no_fuzzy_matching=True, update_header_comment=False)
        stored.obsolete.clear()
        path = FOLDER / locale / "messages.po"
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            write_po(file, stored, width=120, sort_output=True, include_lineno=False, omit_header=False)
        text = path.read_text(encoding="utf-8")
        # Dates in the header would make every update a change.
        path.write_text(re.sub(r'"(POT-Creation|PO-Revision)-Date:.*\n', "", text), encoding="utf-8")
        print(f"{locale}: {sum(not is_done(m) for m in stored if m.id)} of {len(stored)} to write")


def is_done(message: Message) -> bool:
    """Tell whether a message has all its words."""
    words = message.string if isinstance(message.string, tuple) else (message.string,)
    return all(words) and not message.fuzzy


def faults(locale: str, template: Catalog) -> Iterator[str]:
    """Say what is wrong with a catalogue."""
    stored = read(locale)
    wanted = {message.id for message in template if message.id}
    have = {message.id: message for message in stored if message.id}
    yield from (f"{locale}: missing: {name!r}" for name in wanted - have.keys())
    yield from (f"{locale}: unused: {name!r}" for name in have.keys() - wanted)
    for name, message in have.items():
        if name in wanted:
            yield from message_faults(locale, message)


def message_faults(locale: str, message: Message) -> Iterator[str]:
    """Say what is wrong with one message."""
    if not is_done(message):
        yield f"{locale}: no words for {message.id!r}"
        return
    ids = message.id if isinstance(message.id, tuple) else (message.id,)
    words = message.string if isinstance(message.string, tuple) else (message.string,)
    allowed = set().union(*(PLACEHOLDER.findall(each) for each in ids))
    for each in words:
        used = set(PLACEHOLDER.findall(each))
        if used - allowed or (allowed - used) - {"n"}:
            yield f"{locale}: other placeholders in {each!r} than in {message.id!r}"
        if ids[0].endswith(".") != each.endswith(".") and not each.endswith((".", "»", "?", "!", ":", "…")):
            yield f"{locale}: another ending: {each!r} for {ids[0]!r}"


def check() -> None:
    """Print every fault, and end with 1 when there is one."""
    template = extracted()
    found = [fault for locale in LOCALES for fault in faults(locale, template)]
    print("\n".join(sorted(found)))
    if found:
        sys.exit(f"{len(found)} faults in the catalogues")


if __name__ == "__main__":
    {"update": update, "check": check}[sys.argv[1]]()
