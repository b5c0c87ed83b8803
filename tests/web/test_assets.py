"""What the pages are dressed in: the built files, the templates that use them, and the colours."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest

PORTAL = Path(__file__).parents[2] / "portal"
ASSETS, DIST, TEMPLATES = PORTAL / "assets", PORTAL / "static" / "dist", PORTAL / "templates"
COMPONENTS = sorted((TEMPLATES / "components").glob("*.html"))
PAGES = sorted(TEMPLATES.rglob("*.html"))
WEB_PAGES = [page for page in PAGES if "mail" not in page.parts]
COLOURS = {"accent", "danger", "success", "info", "sun", "warning", "heather", "neutral"}
COLD = 52_500  # bytes of css, js, font and icons together; 60 000 less the page itself and the headers

built = pytest.mark.skipif(not (DIST / "manifest.json").exists(), reason="the assets are not built: make assets")


def manifest() -> dict[str, str]:
    return json.loads((DIST / "manifest.json").read_text())


def names(paths: list[Path]) -> list[str]:
    return [str(path.relative_to(TEMPLATES)) for path in paths]


@built
def test_every_file_of_the_manifest_is_there_and_texts_are_compressed() -> None:
    for logical, file in manifest().items():
        assert (DIST / file).is_file(), logical
        if logical != "figtree.woff2":
            assert (DIST / f"{file}.br").stat().st_size < (DIST / f"{file}.gz").stat().st_size, logical


@built
def test_what_a_first_visit_fetches_leaves_room_for_the_page_within_sixty_kilobytes() -> None:
    fetched = [manifest()[name] for name in ("portal.css", "app.js", "icons.svg")]
    size = sum((DIST / f"{file}.br").stat().st_size for file in fetched)
    assert size + (DIST / manifest()["figtree.woff2"]).stat().st_size < COLD


@built
def test_the_licences_of_all_that_is_delivered_come_along() -> None:
    licences = (DIST / "LICENSES.txt").read_text()
    for package, version in json.loads((ASSETS / "package.json").read_text())["dependencies"].items():
        assert f"{package} {version}" in licences


def test_packages_are_pinned_and_the_lock_names_no_address() -> None:
    wanted = json.loads((ASSETS / "package.json").read_text())
    for version in chain(wanted["dependencies"].values(), wanted["devDependencies"].values()):
        assert re.fullmatch(r"\d+\.\d+\.\d+", version)
    assert '"resolved"' not in (ASSETS / "package-lock.json").read_text()


@pytest.mark.parametrize("page", WEB_PAGES, ids=names(WEB_PAGES))
def test_templates_leave_attributes_to_hx_and_looks_to_the_style_sheets(page: Path) -> None:
    text = re.sub(r"\{#.*?#\}|<meta name=\"htmx-config\"[^>]*>", "", page.read_text(), flags=re.DOTALL)
    assert not re.search(r"\shx-[a-z]", text), "write hx(…), which adds the nonce"
    assert not re.search(r"\bstyle\s*=", text), "inline styles are blocked by the policy"
    assert not re.search(r"\son[a-z]+\s*=", text), "inline scripts are blocked by the policy"
    assert not re.search(r"\|\s*safe\b", text), "only core.markdown makes Markup"


@pytest.mark.parametrize("component", COMPONENTS, ids=[path.stem for path in COMPONENTS])
def test_every_component_says_on_its_first_line_how_it_is_used(component: Path) -> None:
    first = component.read_text().splitlines()[0]
    assert re.match(rf"\{{# (\{{% call )?{component.stem}\(.*#\}}$", first)


def test_every_component_is_shown_on_stil() -> None:
    shown = set(calls(chain((TEMPLATES / "stil").glob("*.html"), (TEMPLATES / "layouts").glob("*.html"))))
    for _ in COMPONENTS:  # a component inside a shown one is shown
        shown |= set(calls(path for path in COMPONENTS if path.stem in shown))
    assert {path.stem for path in COMPONENTS} - shown == set()


def calls(paths: Iterator[Path] | chain[Path]) -> Iterator[str]:
    """Give the names of the components that are called, by the names they are imported as."""
    for path in paths:
        text = re.sub(r"\{#.*?#\}", "", path.read_text(), flags=re.DOTALL)
        for file, imported in re.findall(r"from 'components/(\w+)\.html' import ([\w ]+)", text):
            if re.search(rf"\b{imported.split()[-1]}\(", text):
                yield file


def test_every_icon_that_is_named_is_drawn() -> None:
    drawn = {path.stem for path in (ASSETS / "src" / "icons").glob("*.svg")}
    quoted = r"'([a-z][a-z-]*)'"
    in_templates = rf"(?:\bicon\(|\bdraw\(|\bicon=|\bbutton_icon=|'icon': ){quoted}"
    named = {name for page in WEB_PAGES for name in re.findall(in_templates, page.read_text())}
    named |= {name for file in PORTAL.rglob("*.py") for name in re.findall(r"\bicon=\"([a-z-]+)\"", file.read_text())}
    assert named - drawn == set()


def test_every_colour_that_is_named_is_one_of_the_house() -> None:
    naming = r"(?:\bcolor=|\btone=|'color': )'([a-z]+)'|data-color=\"([a-z]+)\""
    for page in WEB_PAGES:
        found = {name for pair in re.findall(naming, page.read_text()) for name in pair if name}
        assert found <= COLOURS, page.name


def test_every_class_of_the_frames_and_components_has_its_looks() -> None:
    styles = "".join(path.read_text() for path in (ASSETS / "src").glob("*.css"))
    ours = [path for path in WEB_PAGES if path.parent.name in {"components", "layouts", "errors"}]
    classes = {
        name for path in ours for text in re.findall(r'class="([^"{]+)"', path.read_text()) for name in text.split()
    }
    unknown = {name for name in classes if f".{name}" not in styles and not name.startswith("ds-")}
    assert unknown == {"admin__page"}  # a place to take hold of; it looks as its neighbours


@built
def test_every_variable_that_the_style_sheet_uses_is_defined() -> None:
    css = (DIST / manifest()["portal.css"]).read_text()
    used = set(re.findall(r"var\((--(?!_)[\w-]+)\)", css))
    defined = set(re.findall(r"(--[\w-]+):", css))
    assert used - defined == set()


@built
def test_the_font_knows_the_letters_of_the_house() -> None:
    # The table of characters is compressed inside the file; its size tells the latin file from the others.
    assert 15_000 < (DIST / manifest()["figtree.woff2"]).stat().st_size < 25_000


Colour = tuple[float, float, float]


def palette(scheme: str) -> dict[str, str]:
    """Read what is named by colour in theme.css, as it is by day («light») or by night («dark»)."""
    theme = (ASSETS / "src" / "theme.css").read_text().split("/* Strong contrast")[0]
    lines = re.findall(r"(--ds-color-[\w-]+): light-dark\((#\w+), (#\w+)\)", theme)
    return {name: (day if scheme == "light" else night) for name, day, night in lines}


def scopes(scheme: str) -> dict[str, dict[str, str]]:
    """Read what each data-color gives."""
    theme = (ASSETS / "src" / "theme.css").read_text().split("/* Strong contrast")[0]
    by_name = palette(scheme)
    found: dict[str, dict[str, str]] = {}
    for name, block in re.findall(r'\[data-color="(\w+)"\](?:, \[[^\]]+\])? \{([^}]*)\}', theme):
        tokens = dict(re.findall(r"--ds-color-([\w-]+): ([^;]+);", block))
        found[name] = {token: resolved(value, by_name, scheme) for token, value in tokens.items()}
    return found


def resolved(value: str, by_name: dict[str, str], scheme: str) -> str:
    if value.startswith("var("):
        return by_name[value[4:-1]]
    both = re.findall(r"#\w+", value)
    return both[-1] if scheme == "dark" else both[0]


def luminance(colour: str) -> float:
    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(int(colour[i : i + 2], 16) / 255) for i in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def ratio(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


NEUTRAL = "--ds-color-neutral-"
READ = [  # what is written, on what, at least
    ("text-default", "background-default", 7.0),
    ("text-default", "surface-default", 7.0),
    ("text-subtle", "background-default", 4.5),
    ("text-subtle", "surface-default", 4.5),
    ("text-subtle", "background-tinted", 4.5),
    ("border-default", "surface-default", 3.0),
    ("border-default", "background-default", 3.0),
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("ink", "paper", "least"), READ)
def test_ink_can_be_read_on_paper(scheme: str, ink: str, paper: str, least: float) -> None:
    colours = palette(scheme)
    assert ratio(colours[NEUTRAL + ink], colours[NEUTRAL + paper]) >= least


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("colour", sorted(COLOURS - {"warning"}))
def test_every_colour_carries_its_own_words(scheme: str, colour: str) -> None:
    own, surface = scopes(scheme)[colour], palette(scheme)[NEUTRAL + "surface-default"]
    assert ratio(own["base-contrast-default"], own["base-default"]) >= 4.5, "a filled button"
    assert ratio(own["base-contrast-default"], own["base-hover"]) >= 4.5, "a filled button under the pointer"
    assert ratio(own["text-default"], own["surface-tinted"]) >= 4.5, "a tag, an alert"
    assert ratio(own["text-subtle"], own["surface-tinted"]) >= 4.5, "a badge"
    assert ratio(own["text-default"], own["surface-active"]) >= 4.5, "the initials of a person"
    assert ratio(own["text-subtle"], surface) >= 4.5, "a quiet badge, a button that is only a line"
    assert ratio(own["border-strong"], surface) >= 3.0, "the edge of a button"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_focus_can_be_seen_on_paper_and_on_cards(scheme: str) -> None:
    colours = palette(scheme)
    for below in ("background-default", "surface-default"):
        assert ratio(colours["--ds-color-focus-outer"], colours[NEUTRAL + below]) >= 3.0


@pytest.mark.parametrize("block", ['[data-contrast="high"]', "prefers-contrast: more"])
def test_strong_contrast_is_the_same_whoever_chooses_it(block: str) -> None:
    strong = (ASSETS / "src" / "theme.css").read_text().split("/* Strong contrast")[1]
    chosen, by_system = strong.split("@media (prefers-contrast: more)")
    assert block in strong
    assert sorted(re.findall(r"--ds[^;]+;", chosen)) == sorted(re.findall(r"--ds[^;]+;", by_system))
